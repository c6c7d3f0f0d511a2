/**
 * The architecture holds: every import of the repository fits the table of rooms, and every rule is shown to fail on the
 * small broken repository in `fixtures/architecture`.
 */
import { NodeFileSystem } from "@effect/platform-node"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, FileSystem, Layer } from "effect"
import { check } from "./architecture/Architecture.ts"
import * as FileRules from "./architecture/FileRules.ts"
import { reach, roomOf } from "./architecture/ImportRules.ts"
import { rooms } from "./architecture/rooms.ts"
import { Stability } from "./architecture/Stability.ts"
import { render, rules } from "./architecture/Violation.ts"
import { read } from "./architecture/Workspace.ts"

const root = `${import.meta.dirname}/..`
const fixture = `${import.meta.dirname}/fixtures/architecture`
const Live = Stability.layer(`${root}/node_modules`).pipe(Layer.provideMerge(NodeFileSystem.layer))

/** What the small broken repository breaks. */
const broken = [
  'packages/domain-ordering/src/NodeModule.ts:1 [outside] imports "node:fs": from outside the repository, domain-* may import only stable exports of effect',
  'packages/domain-ordering/src/OtherContext.ts:1 [published-only] imports "@eventfold/domain-shipping/Shipment": domain-ordering may import only @eventfold/domain-shipping/published of another context',
  'packages/domain-ordering/src/OuterRoom.ts:1 [room] imports "@eventfold/event-store": domain-ordering may import only context-map, decider, domain-*/published, shared-kernel',
  'packages/domain-ordering/src/UnstableMember.ts:4 [stable-only] imports "effect/Schema", MacAddress: domain-ordering takes only stable exports of effect; its documentation says that it is unstable',
  'packages/domain-ordering/src/UnstableModule.ts:3 [stable-only] imports "effect/sql/SqlClient", SqlClient: domain-ordering takes only stable exports of effect; its documentation says that it is unstable',
  'packages/domain-ordering/src/UnstableType.ts:1 [stable-only] imports "effect/FileSystem", FileSystem: domain-ordering takes only stable exports of effect; its documentation says that it is unstable',
  'packages/domain-ordering/src/WholeModule.ts:3 [stable-only] imports "effect/DateTime", as a whole: domain-ordering takes only stable exports of effect; take its members by name, so that each can be checked',
  'packages/domain-ordering/src/WithClock.ts:3 [no-world] imports "effect/DateTime", now: domain-ordering is pure, hand the value in',
  'packages/domain-ordering/src/WithClock.ts:4 [no-world] uses "Date": domain-ordering is pure, hand it in',
  'packages/domain-ordering/src/WithClock.ts:5 [no-world] uses "Math.random": domain-ordering is pure, hand it in',
  'packages/domain-ordering/src/WithLayer.ts:3 [no-world] imports "effect/Layer", empty: domain-ordering is pure, hand the value in',
  "packages/domain-ordering/src/orders.sql [no-world] domain-ordering is pure: no SQL here",
  'packages/event-store/src/JsExtension.ts:1 [ts-extension] imports "./index.js": a relative import names the source file, ending in .ts',
  'packages/event-store/src/LeavesPackage.ts:1 [stays-inside] imports "../../decider/src/index.ts": a relative import stays inside its package; use the other package\'s name',
  'packages/event-store/src/Undeclared.ts:1 [declared] imports "@eventfold/decider": declare @eventfold/decider in packages/event-store/package.json',
  'packages/event-store/unstable.json [unstable-list] misses what is used: "effect/crypto/SecureRandom uuidV7Unsafe". Run "npm run unstable"',
  'packages/event-store/unstable.json [unstable-list] names what is not used: "effect/sql/SqlClient SqlClient". Run "npm run unstable"',
  "packages/mystery/package.json [room] mystery is not in the table of rooms: give it a line in test/architecture/rooms.ts",
  'packages/postgres/package.json [exact-version] "effect": "4.0.0" is not the version used elsewhere, 4.1.0',
  'packages/postgres/package.json [documented] "left-pad" has no line in docs/dependencies.md: say why it is here, and instead of what',
  'packages/postgres/package.json [exact-version] "pg": "^8.11.0" is not an exact version',
  'packages/postgres/src/Internals.ts:1 [exports-only] imports "@eventfold/event-store/internal/Secret": @eventfold/event-store exports no such module',
  'packages/postgres/src/Missing.ts:1 [exports-only] imports "@eventfold/event-store/src/Secret": @eventfold/event-store exports no such module',
  'packages/postgres/src/helpers.ts [file-name] "helpers.ts" says nothing: name it after the concept',
  'packages/postgres/test/App.test.ts:1 [room] imports "@eventfold/orders-api": postgres may import only context-map, decider, documents, domain-*/published, domain-notifications, domain-payments, event-store, messaging, nats, postgres, processes, redis, shared-kernel, subscriptions, testing',
  'scripts/leaves.ts:1 [stays-inside] imports "../packages/postgres/src/index.ts": a relative import stays inside its package; use the other package\'s name'
]

const tooLong = "scripts/TooLong.sql [file-length] 301 lines, at most 300: split it"

describe("the table of rooms", () => {
  it("has arrows that point inward only", () => {
    const circular = rooms.filter(({ mayImport, name }) => {
      const outward = [...reach(mayImport)].filter((pattern) => pattern !== "*" && !pattern.includes("/"))
      return outward.some((pattern) => roomOf(pattern)?.name === name)
    })
    assert.deepStrictEqual(circular, [])
  })

  it("keeps pure rooms away from every room that is not", () => {
    const isPure = (name: string) => roomOf(name)?.outside === "stable effect"
    for (const { mayImport, name } of rooms.filter((room) => isPure(room.name))) {
      for (const pattern of reach(mayImport)) assert.isTrue(isPure(pattern), `${name} may import ${pattern}`)
    }
  })
})

layer(Live)("the repository", (it) => {
  it.effect("breaks no rule of the architecture", () =>
    Effect.gen(function* () {
      const found = yield* check(yield* read(root))
      assert.deepStrictEqual(found.map(render), [])
    })
  )

  it.effect("has only rooms that docs/architecture.md says are here", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { packages } = yield* read(root)
      const rows = (yield* fs.readFileString(`${root}/docs/architecture.md`)).split("\n")
      const isHere = (folder: string) => rows.some((row) => row.includes(`\`${folder}\``) && /\| here +\|$/u.test(row))
      assert.deepStrictEqual(
        packages.map(({ folder }) => folder).filter((folder) => !isHere(folder)),
        []
      )
    })
  )

  it.effect("reports one broken import per rule, with its file, the import and the rule", () =>
    Effect.gen(function* () {
      const found = yield* check(yield* read(fixture))
      assert.deepStrictEqual(found.map(render), broken)
    })
  )

  it.effect("counts the lines of a file", () =>
    Effect.gen(function* () {
      const { packages } = yield* read(fixture)
      const files = packages.flatMap((found) => found.files)
      const fine = files.find(({ path }) => path === "packages/domain-ordering/src/WithClock.ts")
      assert.strictEqual(fine?.lineCount, 5)
    })
  )

  it.effect("reports a file of more than 300 lines, and none of 300", () =>
    Effect.gen(function* () {
      const workspace = yield* read(fixture)
      const files = [
        { path: "scripts/Long.ts", lineCount: 300 },
        { path: "scripts/TooLong.sql", lineCount: 301 }
      ]
      const found = FileRules.check({ ...workspace, packages: [], own: { code: [], files } })
      assert.deepStrictEqual(found.map(render), [tooLong])
    })
  )

  it("has no rule that is not shown to fail", () => {
    const shown = [...broken, tooLong]
    assert.deepStrictEqual(
      rules.filter((rule) => !shown.some((message) => message.includes(`[${rule}]`))),
      []
    )
  })
})
