/** The register of services in memory and as configured: the laws of the port, and what is wrong with a configuration. */
import * as ServiceRegistryContract from "@eventfold/testing/ServiceRegistryContract"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { ServiceRegistry, ServiceRegistryMemory, ServiceRegistryStatic } from "../src/index.ts"

ServiceRegistryContract.suite("ServiceRegistry in memory", ServiceRegistryMemory.layerMemory())
ServiceRegistryContract.suite(
  "ServiceRegistry as configured",
  ServiceRegistryStatic.layerRecord({ inventory: "http://127.0.0.1:4001" })
)

const problems = (given: unknown) => {
  const decoded = ServiceRegistryStatic.decode(given)
  return Result.isFailure(decoded) ? decoded.failure.problems.map(({ field }) => field) : []
}

describe("services as they are configured", () => {
  it.effect("are an address, or a version and endpoints", () =>
    Effect.gen(function* () {
      const registry = yield* ServiceRegistry
      const [one] = yield* registry.find("inventory")
      const [other] = yield* registry.find("payments")
      assert.deepInclude(one, { version: "configured", endpoints: { http: "http://10.0.0.7:3000" } })
      assert.deepInclude(other, { version: "1.4.0", endpoints: { http: "http://10.0.0.8/api" } })
    }).pipe(
      Effect.provide(
        ServiceRegistryStatic.layerRecord({
          inventory: "http://10.0.0.7:3000",
          payments: { version: "1.4.0", endpoints: { http: "http://10.0.0.8/api" } }
        })
      )
    )
  )

  it.each([
    ["not a record", "http://127.0.0.1", ["(all of it)"]],
    ["not an address", { inventory: "10.0.0.7" }, ["inventory.endpoints.http"]],
    ["a secret in the address", { inventory: "http://me:pw@10.0.0.7" }, ["inventory.endpoints.http"]],
    ["a query in the address", { inventory: "http://10.0.0.7/?a=1" }, ["inventory.endpoints.http"]],
    ["not a name", { "In ventory": "http://10.0.0.7" }, ["In ventory"]],
    ["no endpoint", { inventory: { endpoints: {} } }, ["inventory.endpoints"]],
    ["not a version", { inventory: { version: "", endpoints: { http: "http://a" } } }, ["inventory.version"]],
    ["something more", { inventory: { endpoints: { http: "http://a" }, weight: 1 } }, ["inventory.weight"]],
    ["two mistakes", { inventory: "x", payments: 1 }, ["inventory.endpoints.http", "payments"]]
  ])("are refused with the names of the wrong fields: %s", (_, given, fields) => {
    assert.deepStrictEqual(problems(given), fields)
  })

  it("have a namespace, which is told where it is wrong", () => {
    const decoded = ServiceRegistryStatic.decode({ inventory: "http://10.0.0.7" }, "No Name")
    assert.deepStrictEqual(Result.isFailure(decoded) && decoded.failure.problems.map(({ field }) => field), [
      "namespace"
    ])
  })
})
