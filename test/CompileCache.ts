/**
 * Programs that tests start have the same modules to compile each time: a quarter of what their start takes. The workers
 * of Vitest load each test file under a name of its own in every run, and have no use for what they would keep.
 */
import { join } from "node:path"

process.env["NODE_COMPILE_CACHE"] = join(import.meta.dirname, "../node_modules/.cache/eventfold/compiled")
