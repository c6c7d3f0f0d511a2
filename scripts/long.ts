/**
 * `npm run test:long [-- --short]`: the tests that make things up or race, with far more repetitions than `npm test` has:
 * the laws of the stores and of the projections, the properties of the domain, the killing of processes; and those that
 * are too slow for it. `--short` is the form that CI runs.
 */
import { spawnSync } from "node:child_process"

const [effort, minutes] = process.argv.includes("--short") ? [3, 20] : [30, 60]
const projects = [
  "shared-kernel",
  "domain-ordering",
  "domain-accounts",
  "domain-inventory",
  "domain-catalog",
  "domain-customers",
  "domain-payments",
  "domain-fulfilment",
  "event-store",
  "subscriptions",
  "postgres"
]
/** Of the others what repeats something, and what is too slow for `npm test`: the rest of their tests are there. */
const alone = [
  ...["cli", "examples", "orders-api", "processes", "testing", "repository"].flatMap((project) => [
    "--project",
    project
  ]),
  ...[
    "Analytics",
    "Archiving",
    "Audit",
    "BillingRaces",
    "Buyers",
    "Catalog",
    "CustomerRaces",
    "DemoKill",
    "DemoKillsOnServer",
    "DemoRun",
    "Forgotten",
    "ForgottenOnServer",
    "Fulfilment",
    "FulfilmentAcrossServices",
    "FulfilmentKills",
    "FulfilmentSimulation",
    "GatewayDownHttp",
    "Hearing",
    "InventoryRaces",
    "Messaging",
    "Nodes",
    "OrderLists",
    "PaymentsProcess",
    "Pricing",
    "ProjectionLaws",
    "Sales",
    "ServicesSimulation",
    "SilentServer",
    "StockForecast"
  ].map((file) => `apps/orders-api/test/${file}.test.ts`),
  ...["Keys", "Projections", "Repair"].map((file) => `apps/cli/test/${file}.test.ts`),
  "apps/examples/test/StoriesOnEmbedded.test.ts",
  "apps/examples/test/StoriesOnServer.test.ts",
  "packages/processes/test/Crashes.test.ts",
  "packages/processes/test/CrashPoints.test.ts",
  "packages/testing/test/EventStoreContract.test.ts",
  "packages/testing/test/RelayContract.test.ts",
  "packages/testing/test/SagaLawsLong.test.ts",
  "packages/testing/test/SnapshotStoreContract.test.ts",
  "packages/testing/test/SubscriberContract.test.ts",
  "test/packaging.test.ts",
  "test/services.test.ts",
  "test/severalDatabases.test.ts",
  "test/topologyProcesses.test.ts"
]

const limit = String(minutes * 60_000)
const statusOf = (which: ReadonlyArray<string>) =>
  spawnSync("vitest", ["run", `--testTimeout=${limit}`, ...which], {
    stdio: "inherit",
    shell: process.platform === "win32",
    env: { ...process.env, EVENTFOLD_EFFORT: String(effort), EVENTFOLD_SLOW: "on" }
  }).status ?? 1
const statuses = [projects.flatMap((project) => ["--project", project]), alone].map(statusOf)
process.exit(statuses.find((status) => status !== 0) ?? 0)
