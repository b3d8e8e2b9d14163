import { defineConfig, type Options } from 'tsup';

/** What every package is built with: one ES module per entry, its types and a source map. */
export const preset = (options: Options = {}): ReturnType<typeof defineConfig> =>
  defineConfig({
    entry: ['src/index.ts'],
    format: ['esm'],
    target: 'node22',
    dts: true,
    sourcemap: true,
    clean: true,
    // The bundler removes the prefix of `node:sqlite` otherwise, and without it the module is not found.
    removeNodeProtocol: false,
    ...options,
  });
