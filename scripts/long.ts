/**
 * `npm run test:long [-- --short]`: the tests that make things up or race, with far more repetitions than `npm test` has:
 * the laws of the stores, the properties of the domain, the killing of processes. `--short` is the form that CI runs.
 */
import { spawnSync } from "node:child_process"

const [effort, minutes] = process.argv.includes("--short") ? [3, 5] : [30, 60]
const projects = ["shared-kernel", "domain-ordering", "domain-accounts", "event-store", "postgres"]

const limit = String(minutes * 60_000)
const run = spawnSync(
  "vitest",
  ["run", `--testTimeout=${limit}`, ...projects.flatMap((project) => ["--project", project])],
  {
    stdio: "inherit",
    shell: process.platform === "win32",
    env: { ...process.env, EVENTFOLD_EFFORT: String(effort) }
  }
)
process.exit(run.status ?? 1)
