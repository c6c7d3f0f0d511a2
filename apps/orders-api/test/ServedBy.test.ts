/** Who serves what of the API: everything has a server, and a path has one. */
import { assert, describe, it } from "@effect/vitest"
import { HttpApi, HttpApiEndpoint } from "effect/http-api"
import { map } from "../src/contexts/Contexts.ts"
import { Api } from "../src/http/Api.ts"
import { otherPaths } from "../src/http/Paths.ts"
import { hostable, isServed, ServedBy, serverOf } from "../src/http/ServedBy.ts"

const groups = Object.values(Api.groups)

const endpoints: Array<{ group: string; method: string; path: string; server: string | undefined }> = []
HttpApi.reflect(Api, {
  onGroup: () => undefined,
  onEndpoint: ({ endpoint, group }) => {
    const path = endpoint.path.replaceAll(/:[^/]+/gu, ":")
    endpoints.push({ group: group.identifier, method: endpoint.method, path, server: serverOf(group, endpoint) })
  }
})

const serversOf = (path: string) =>
  new Set(endpoints.filter((endpoint) => endpoint.path === path).map(({ server }) => server))

describe("who serves the API", () => {
  it("is said of every group", () => {
    const servers: ReadonlyArray<string | undefined> = [...hostable, "every"]
    for (const group of groups) assert.include(servers, serverOf(group), group.identifier)
  })

  it("is a context of the map, and each that can be hosted serves something", () => {
    const known = map.contexts.map(({ name }) => name)
    for (const context of hostable) {
      assert.include(known, context)
      assert.isTrue(
        groups.some((group) => serverOf(group) === context),
        context
      )
    }
  })

  it("is one for each path, whatever the method, and no two endpoints share one", () => {
    for (const { path } of endpoints) assert.strictEqual(serversOf(path).size, 1, path)
    const keys = endpoints.map(({ method, path }) => `${method} ${path}`)
    assert.strictEqual(new Set(keys).size, keys.length)
  })

  it("leaves the paths of services among themselves, and those beside the API, to nobody", () => {
    const reserved = ["service", "services", ...Object.values(otherPaths).map((path) => path.slice(1))]
    for (const { path } of endpoints) assert.notInclude(reserved, path.split("/")[1])
  })

  it("may be another for an endpoint than for its group", () => {
    const own = HttpApiEndpoint.get("own", "/own").annotate(ServedBy, "billing")
    assert.strictEqual(serverOf(Api.groups.orders, own), "billing")
  })

  it("tells which groups a program that hosts some contexts answers", () => {
    const served = groups.filter((group) => isServed(group, new Set(["inventory"])))
    assert.sameMembers(
      served.map(({ identifier }) => identifier).filter((name) => serverOf(Api.groups[name]) !== "every"),
      ["inventory"]
    )
    assert.includeMembers(
      served.map(({ identifier }) => identifier),
      ["health", "projections", "audit"]
    )
    assert.isFalse(isServed(HttpApi.make("unsaid"), new Set(hostable)))
  })
})
