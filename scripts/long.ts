/**
 * `npm run test:long [-- --short]`: the tests that make things up or race, with far more repetitions than `npm test` has:
 * the laws of the stores and of the projections, the properties of the domain, the killing of processes. `--short` is the
 * form that CI runs.
 */
import { spawnSync } from "node:child_process"

const [effort, minutes] = process.argv.includes("--short") ? [3, 5] : [30, 60]
const projects = ["shared-kernel", "domain-ordering", "domain-accounts", "event-store", "subscriptions", "postgres"]
/** Of a program only what repeats something: the rest of its tests are those of `npm test`. */
const alone = ["--project", "orders-api", "apps/orders-api/test/ProjectionLaws.test.ts"]

const limit = String(minutes * 60_000)
const statusOf = (which: ReadonlyArray<string>) =>
  spawnSync("vitest", ["run", `--testTimeout=${limit}`, ...which], {
    stdio: "inherit",
    shell: process.platform === "win32",
    env: { ...process.env, EVENTFOLD_EFFORT: String(effort) }
  }).status ?? 1
const statuses = [projects.flatMap((project) => ["--project", project]), alone].map(statusOf)
process.exit(statuses.find((status) => status !== 0) ?? 0)
