/**
 * The health check of the image: exit code 0 when the program on `PORT` of this container says that it can do its work, else 1
 * with what it said. A service that is degraded works, and is healthy here: to restart it would mend nothing.
 */
import { get } from "node:http"

const url = `http://127.0.0.1:${process.env["PORT"] || "3000"}/health`
const patience = 5000

const unwell = (why: string) => {
  console.error(`${url}: ${why}`)
  process.exit(1)
}

get(url, { timeout: patience }, (response) => {
  let text = ""
  response.setEncoding("utf8").on("data", (part: string) => (text = (text + part).slice(0, 4000)))
  response.on("end", () => (response.statusCode === 200 ? process.exit(0) : unwell(`${response.statusCode} ${text}`)))
})
  .on("timeout", () => unwell(`no answer within ${patience} ms`))
  .on("error", ({ message }) => unwell(message))
