import { chown } from 'node:fs/promises';
import path from 'node:path';
import type { FileOwner } from '../deliver-as.ts';
import type { JobRecipe } from '../job-recipe.ts';
import { scriptFiles } from '../task-script.ts';

/** See {@link FileOwner}. */
export type AttemptsOwner = FileOwner;

/** The recipe, by which the directory of a job's attempts is given to somebody; nothing else is. */
export function ownedBy(recipe: JobRecipe, directory: string, owner: AttemptsOwner | undefined): JobRecipe {
  if (!owner) return recipe;
  return {
    prepare: async () => {
      await recipe.prepare();
      await chown(path.join(directory, scriptFiles.attempts), owner.uid, owner.gid);
    },
    isPlanned: () => recipe.isPlanned(),
    plan: (submit) => recipe.plan(submit),
    planned: () => recipe.planned(),
    following: (ended) => recipe.following(ended),
    dispensable: (taskId) => recipe.dispensable(taskId),
    deliver: () => recipe.deliver(),
  };
}
