/** Given/when/then and the laws work in every test framework: nothing they load needs one. */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"

/** The modules that a module of this package loads, itself included, and the packages they need. */
const loaded = (entry: string) => {
  const [modules, packages] = [new Set<string>(), new Set<string>()]
  const visit = (url: URL) => {
    if (modules.has(url.href)) return
    modules.add(url.href)
    for (const [, specifier = ""] of readFileSync(fileURLToPath(url), "utf8").matchAll(/ from "([^"]+)"/gu)) {
      if (specifier.startsWith(".")) visit(new URL(specifier, url))
      else packages.add(specifier)
    }
  }
  visit(new URL(`../src/${entry}.ts`, import.meta.url))
  return { modules, packages: Array.from(packages) }
}

describe("the modules of this package", () => {
  it("need no test framework unless they register tests", () => {
    const { modules, packages } = loaded("index")
    assert.isAbove(modules.size, 15)
    assert.deepStrictEqual(packages.toSorted(), [
      "@eventfold/decider",
      "@eventfold/documents",
      "@eventfold/domain-notifications",
      "@eventfold/domain-payments",
      "@eventfold/event-store",
      "@eventfold/event-store/CommandBus",
      "@eventfold/event-store/EventStoreMemory",
      "@eventfold/event-store/Fingerprint",
      "@eventfold/event-store/MemoryLog",
      "@eventfold/event-store/QueryBus",
      "@eventfold/event-store/SnapshotStoreMemory",
      "@eventfold/messaging",
      "@eventfold/processes",
      "@eventfold/processes/SagaDriver",
      "@eventfold/processes/SagaStreams",
      "@eventfold/shared-kernel",
      "@eventfold/subscriptions",
      "@eventfold/subscriptions/RowsFingerprint",
      "effect",
      "effect/crypto",
      "effect/testing"
    ])
  })

  it.each(["EventStoreContract", "CommandLogContract", "EventRepairsContract"])(
    "%s registers tests, with vitest",
    (entry) => {
      assert.include(loaded(entry).packages, "@effect/vitest")
    }
  )
})
