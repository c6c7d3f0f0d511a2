/** What the paths of the service are: their methods, so that a wrong one is told apart from an unknown path; their words. */
import { FindMyWay } from "effect/http"
import { HttpApi } from "effect/http-api"
import { Api } from "./Api.ts"
import { type Hostable, hostable, serverOf } from "./ServedBy.ts"

/** The paths beside the API. */
export const otherPaths = {
  index: "/",
  docs: "/docs",
  openapi: "/openapi.json",
  asyncApi: "/asyncapi.json",
  icon: "/favicon.ico"
} as const

const isPath = (text: string): text is `/${string}` => text.startsWith("/")

const router = FindMyWay.make<Hostable | "every">()
const methods = new Set<string>(["GET"])

const words = new Set([
  ...Object.values(otherPaths).flatMap((path) => path.split("/")),
  "service",
  "commands",
  // A gateway serves what each program has of its own under the names of contexts.
  "services",
  ...hostable
])

for (const path of Object.values(otherPaths)) router.on("GET", path, "every")
HttpApi.reflect(Api, {
  onGroup: () => undefined,
  onEndpoint: ({ endpoint, group }) => {
    methods.add(endpoint.method)
    for (const word of endpoint.path.split("/")) words.add(word)
    if (isPath(endpoint.path)) router.on(endpoint.method, endpoint.path, serverOf(group, endpoint) ?? "every")
  }
})

/** The methods that the path of `url` knows, in alphabetical order; none when nobody knows the path. */
export const allowedMethods = (url: string): ReadonlyArray<string> => {
  const allowed = Array.from(methods).filter((method) => router.find(method, url) !== undefined)
  if (allowed.length === 0) return []
  return [...allowed, "OPTIONS", ...(allowed.includes("GET") ? ["HEAD"] : [])].toSorted()
}

/** Who serves the path of `url`, whatever the method: a context, or every process; undefined when nobody knows the path. */
export const serverOfPath = (url: string): Hostable | "every" | undefined => {
  const found = Array.from(methods, (method) => router.find(method, url)?.handler)
  return found.find((server) => server !== undefined)
}

/** Whether who hosts these contexts serves the path of `url`, or nobody knows it. */
export const isPathServed = (url: string, hosts: (context: Hostable) => boolean): boolean => {
  const server = serverOfPath(url)
  return server === undefined || server === "every" || hosts(server)
}

const identifier = /^(?:[a-z]{1,32}_)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu

/** The path of `url` for a log: whatever is neither an identifier nor a word of the API's own paths is hidden. */
export const loggablePath = (url: string): string =>
  (url.split("?")[0] ?? "")
    .split("/")
    .slice(0, 10)
    .map((segment) => (words.has(segment) || identifier.test(segment) ? segment : "…"))
    .join("/")
