/**
 * `npm run test:integration`: the tests of the layers that speak to PostgreSQL and Redis, on servers that are already
 * there: `TEST_DATABASE_URL` and `TEST_REDIS_URL`, or the local ones. A missing server is a failure, never a skipped test.
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
const own = ["run", "--project", "postgres", "--project", "redis", ...process.argv.slice(2)]
const vitest = (args: ReadonlyArray<string>) =>
  spawnSync("vitest", args, {
    stdio: "inherit",
    shell: process.platform === "win32",
    env: {
      ...process.env,
      TEST_DATABASE_URL: servers.PostgreSQL.url,
      TEST_REDIS_URL: servers.Redis.url,
      EVENTFOLD_SLOW: "on"
    }
  }).status ?? 1
const layers = vitest(own)
// The plans of the service's questions, of so many rows that it shows whether an index serves them.
process.exit(layers === 0 ? vitest(["run", "--root", "apps/orders-api/plans"]) : layers)
