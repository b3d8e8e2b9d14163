/**
 * Whether a pattern, in which `*` stands for any text and `?` for any character, fits the id of a tool. Case does not
 * count, as in Galaxy's job configuration. An id of the tool shed (`HOST/repos/OWNER/REPOSITORY/TOOL/VERSION`) fits
 * also without its version, and by TOOL alone.
 */
export function fitsTool(pattern: string, toolId: string): boolean {
  const expression = expressionOf(pattern, 'is');
  return namesOf(toolId).some((name) => expression.test(name));
}

/** Whether a pattern, in which `*` stands for any text and `?` for any character, fits all of a name or path. */
export const fitsPattern = (pattern: string, name: string): boolean => expressionOf(pattern, 's').test(name);

const expressionOf = (pattern: string, flags: string): RegExp =>
  new RegExp(
    `^${pattern
      .split(/([*?])/)
      .map(asExpression)
      .join('')}$`,
    flags,
  );

const asExpression = (part: string): string => {
  if (part === '*') return '.*';
  if (part === '?') return '.';
  return part.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
};

function namesOf(toolId: string): readonly string[] {
  const parts = toolId.split('/');
  const tool = parts[4];
  if (parts[1] !== 'repos' || tool === undefined) return [toolId];
  return [toolId, parts.slice(0, 5).join('/'), tool];
}
