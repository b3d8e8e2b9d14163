import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMasterDetector } from './create-master-detector.ts';
import { parseMasterAddress } from './master-address.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'address-'));
  file = path.join(directory, 'address');
});
afterEach(() => rmSync(directory, { recursive: true }));

const never = new AbortController().signal;
const detector = () => createMasterDetector(parseMasterAddress(pathToFileURL(file).href));
const found = async (at: ReturnType<typeof detector>) =>
  (await at.candidates(never)).map(({ origin }) => origin);

describe('the detector of a file', () => {
  it('reads the address again whenever a master is looked for', async () => {
    writeFileSync(file, 'a:1\n');
    const at = detector();
    expect(await found(at)).toEqual(['http://a:1']);
    writeFileSync(file, 'b:2\n');
    expect(await found(at)).toEqual(['http://b:2']);
    await at.close();
  });

  it('goes by what was said before while the file cannot be read, and tells of it', async () => {
    writeFileSync(file, 'a:1');
    const at = detector();
    rmSync(file);
    expect(await found(at)).toEqual(['http://a:1']);
    expect(at.trouble).toContain('the address of the master cannot be read');
    writeFileSync(file, 'b:2');
    expect(await found(at)).toEqual(['http://b:2']);
    expect(at.trouble).toBeUndefined();
    await at.close();
    await expect(at.candidates(never)).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
  });

  it('is refused where there is no address to begin with', () => {
    expect(detector).toThrow(expect.objectContaining({ code: 'INVALID_MASTER_URL' }));
    writeFileSync(file, 'file:///elsewhere');
    expect(detector).toThrow('holds the name of another file');
  });
});
