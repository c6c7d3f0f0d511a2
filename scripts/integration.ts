/**
 * `npm run test:integration`: the tests of the layers that speak to PostgreSQL, Redis and NATS, on servers that are already
 * there: `TEST_DATABASE_URL`, `TEST_REDIS_URL` and `TEST_NATS_URL`, or the local ones. A missing server is a failure, never a skipped test.
 * Those that stop and kill a NATS server start one of their own: `NATS_SERVER` says which program that is, else it is that of the PATH.
 */
import { spawnSync } from "node:child_process"
import { connect } from "node:net"

const servers = {
  PostgreSQL: {
    variable: "TEST_DATABASE_URL",
    url: process.env["TEST_DATABASE_URL"] ?? "postgres://postgres@127.0.0.1:5432/postgres",
    port: "5432"
  },
  Redis: {
    variable: "TEST_REDIS_URL",
    url: process.env["TEST_REDIS_URL"] ?? "redis://127.0.0.1:6379",
    port: "6379"
  },
  NATS: {
    variable: "TEST_NATS_URL",
    url: process.env["TEST_NATS_URL"] ?? "nats://127.0.0.1:4222",
    port: "4222"
  }
}

/** Ends the process when there is no server. */
const reach = (name: string, { port: usual, url, variable }: (typeof servers)["Redis"]) =>
  new Promise<void>((resolve) => {
    const { hostname, port } = new URL(url)
    const at = { host: hostname, port: Number(port || usual) }
    const socket = connect({ ...at, timeout: 5000 })
    const fail = (why: string) => {
      console.error(`There is no ${name} server at ${at.host}:${at.port} (${why}). Start one or set ${variable}.`)
      process.exit(1)
    }
    socket.once("error", (error) => fail(error.message))
    socket.once("timeout", () => fail("no answer within 5 s"))
    socket.once("connect", () => {
      socket.destroy()
      resolve()
    })
  })

for (const [name, server] of Object.entries(servers)) await reach(name, server)
const own = ["run", "--project", "postgres", "--project", "redis", "--project", "nats", ...process.argv.slice(2)]
const vitest = (args: ReadonlyArray<string>) =>
  spawnSync("vitest", args, {
    stdio: "inherit",
    shell: process.platform === "win32",
    env: {
      ...process.env,
      TEST_DATABASE_URL: servers.PostgreSQL.url,
      TEST_REDIS_URL: servers.Redis.url,
      TEST_NATS_URL: servers.NATS.url,
      EVENTFOLD_SLOW: "on"
    }
  }).status ?? 1
const layers = vitest(own)
// The whole service with its messages in NATS; what else is in that file goes along.
const service = layers === 0 ? vitest(["run", "--project", "orders-api", "test/Messaging.test.ts"]) : layers
// Programs that find one another over NATS, each a process.
const programs = service === 0 ? vitest(["run", "--project", "examples", "test/E84OnNats.test.ts"]) : service
// The plans of the service's questions, of so many rows that it shows whether an index serves them.
process.exit(programs === 0 ? vitest(["run", "--root", "apps/orders-api/plans"]) : programs)
