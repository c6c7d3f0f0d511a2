/**
 * What each worker of Vitest is set up with, before each test file.
 *
 * Programs that tests start have the same modules to compile each time: a quarter of what their start takes. The workers
 * load each test file under a name of its own in every run, and have no use for what they would keep.
 */
import { registerHooks } from "node:module"
import { join } from "node:path"

process.env["NODE_COMPILE_CACHE"] = join(import.meta.dirname, "../node_modules/.cache/eventfold/compiled")

const isSetUp = "EVENTFOLD_WORKER_SET_UP"

/**
 * Vitest tells its main process of each import, one message for each, to know which tests to run again when a file changes:
 * half of what importing takes, and in vain when nothing is watched. Hooks that come later are asked first.
 */
if (process.env["VITEST_MODE"] === "RUN" && !(isSetUp in globalThis)) {
  Object.assign(globalThis, { [isSetUp]: true })
  const ofWorkspace = new Map<string, string>()
  registerHooks({
    resolve: (specifier, context, nextResolve) => {
      const { parentURL } = context
      if (parentURL?.startsWith("file:") !== true || parentURL.includes("/node_modules/"))
        return nextResolve(specifier, context)
      if (/^\.\.?\/.*\.ts$/u.test(specifier)) return { url: new URL(specifier, parentURL).href, shortCircuit: true }
      if (!specifier.startsWith("@eventfold/")) return nextResolve(specifier, context)
      const known = ofWorkspace.get(specifier)
      if (known !== undefined) return { url: known, shortCircuit: true }
      const resolved = nextResolve(specifier, context)
      ofWorkspace.set(specifier, resolved.url)
      return resolved
    }
  })
}
