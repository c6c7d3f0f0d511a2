/** What the tests of every package and app have in common: a project takes nothing over from `vitest.config.ts`. */
import { availableParallelism } from "node:os"
import { join } from "node:path"
import { configDefaults, defineProject, type UserWorkspaceConfig } from "vitest/config"

/** What every test is run with. */
export const common = {
  testTimeout: 300_000,
  hookTimeout: 180_000,
  // Three for two cores: a fifth of the time is spent waiting for processes and databases.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  // Loading Effect anew for every file takes longer than most files do. No test leaves anything behind in a module.
  isolate: false,
  // Node runs these files as they are. No test replaces a module, which is what the loader would be for.
  experimental: { viteModuleRunner: false, nodeLoader: false },
  setupFiles: [join(import.meta.dirname, "test/Worker.ts")]
}

/**
 * A project of tests, named after its folder. The `slow` ones start or kill programs, or break layers, for half a minute
 * each: they run in `npm run test:long` and `npm run test:integration`, which set `EVENTFOLD_SLOW`, and not in `npm test`.
 */
export const project = (name: string, own: UserWorkspaceConfig["test"] = {}, slow: ReadonlyArray<string> = []) =>
  defineProject({
    test: {
      name,
      include: ["test/**/*.test.ts"],
      exclude: [
        ...configDefaults.exclude,
        ...(process.env["EVENTFOLD_SLOW"] === undefined ? slow.map((file) => `test/${file}.test.ts`) : [])
      ],
      ...common,
      ...own
    }
  })
