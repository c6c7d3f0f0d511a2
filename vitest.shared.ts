/** What the tests of every package and app have in common: a project takes nothing over from `vitest.config.ts`. */
import { join } from "node:path"
import { defineProject, type UserWorkspaceConfig } from "vitest/config"

/** A project of tests, named after its folder. */
export const project = (name: string, own: UserWorkspaceConfig["test"] = {}) =>
  defineProject({
    test: {
      name,
      include: ["test/**/*.test.ts"],
      testTimeout: 60_000,
      hookTimeout: 60_000,
      // Much of the time is spent waiting for processes and databases: a core kept free would only be idle.
      maxWorkers: "100%",
      // Loading Effect anew for every file takes longer than most files do. No test leaves anything behind in a module.
      isolate: false,
      // Programs that tests start have the same modules to compile each time: a quarter of what their start takes.
      env: { NODE_COMPILE_CACHE: join(import.meta.dirname, "node_modules/.cache/eventfold/compiled") },
      ...own
    }
  })
