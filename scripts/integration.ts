/**
 * `npm run test:integration`: the tests of the layers that speak to PostgreSQL, on a server that is already there:
 * `TEST_DATABASE_URL`, or the local one. A missing server is a failure, never a skipped test.
 */
import { spawnSync } from "node:child_process"
import { connect } from "node:net"

const url = process.env["TEST_DATABASE_URL"] ?? "postgres://postgres@127.0.0.1:5432/postgres"
const { hostname, port } = new URL(url)

const socket = connect({ host: hostname, port: Number(port || 5432), timeout: 5000 })
const fail = (why: string) => {
  console.error(
    `There is no PostgreSQL server at ${hostname}:${port || 5432} (${why}). Start one or set TEST_DATABASE_URL.`
  )
  process.exit(1)
}
socket.once("error", (error) => fail(error.message))
socket.once("timeout", () => fail("no answer within 5 s"))
socket.once("connect", () => {
  socket.destroy()
  const run = spawnSync("vitest", ["run", "--project", "postgres", ...process.argv.slice(2)], {
    stdio: "inherit",
    shell: process.platform === "win32",
    env: { ...process.env, TEST_DATABASE_URL: url }
  })
  process.exit(run.status ?? 1)
})
