import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { ArchivePolicy, Archiver, Audit, EventRepairs, SnapshotStore } from "@eventfold/event-store"
import { ArchiveDirectory } from "@eventfold/postgres"
import { DateTime, Effect, Layer, Result } from "effect"
import {
  account,
  accountId,
  accounts,
  eventId,
  eventsOf,
  order,
  orderId,
  orders,
  shipped,
  store
} from "./StoredOrders.ts"
import { databases, directory, embedded, eventfold, failing, server, serving } from "./Stores.ts"

const by = ["--actor", "grace", "--reason", "as on the label"]
const label = JSON.stringify(shipped())

describe("eventfold repair", () => {
  for (const [name, database] of databases) {
    it.live(`repairs an event of ${name}, says what it was and is, and tells the audit`, () =>
      Effect.gen(function* () {
        const env = yield* database
        yield* serving(env, store)
        const printed = yield* eventfold(env, "repair", "--position", "2", "--data", label, ...by)
        assert.strictEqual(printed[0], `repaired the event at position 2, version 2 of order/${orderId} of tenant main`)
        assert.strictEqual(printed[1], `was: OrderShipped v1 ${JSON.stringify(shipped(17))}`)
        assert.match(printed[2] ?? "", /^ {5}which cannot be decoded: .*trackingNumber/u)
        assert.deepStrictEqual(printed.slice(3), [`now: OrderShipped v1 ${label}`])

        const teleported = ["--stream", `order/${orderId}`, "--version", "3", "--type", "OrderShipped"]
        const more = ["--schema-version", "1", "--event-id", eventId(3)]
        yield* eventfold(env, "repair", ...teleported, ...more, "--data", label, ...by)
        yield* serving(
          env,
          Effect.gen(function* () {
            const read = yield* orders.decodeEach(yield* eventsOf(order))
            const shown = read.map(Result.getOrThrow).map(({ event }) => event._tag)
            assert.deepStrictEqual(shown, ["OrderDrafted", "OrderShipped", "OrderShipped"])
            const types = ["EventRepaired"]
            const audit = yield* (yield* Audit).page({ tenant: "main", order: "oldest", limit: 9, types })
            assert.deepInclude(audit.entries[1], {
              action: "EventRepaired",
              subject: `main/order/${orderId}`,
              actor: "grace",
              reason: "as on the label",
              details: {
                position: "3",
                version: "3",
                eventId: eventId(3),
                from: "OrderTeleported v4",
                to: "OrderShipped v1"
              }
            })
            assert.strictEqual(audit.entries.length, 2)
            const taken = { stream: order, fingerprint: "f", version: 3, state: {}, takenAt: DateTime.makeUnsafe(0) }
            yield* (yield* SnapshotStore).save(taken)
          })
        )
        const again = yield* eventfold(env, "repair", "--position", "2", "--data", JSON.stringify(shipped("2")), ...by)
        assert.strictEqual(again[3], `     and was read as: OrderShipped v1 ${label}, by grace`)
        assert.include(again.at(-1), "restart the service")
        const left = Effect.flatMap(SnapshotStore, (snapshots) => snapshots.count())
        assert.strictEqual(yield* serving(env, left), 0)
      })
    )
  }

  it.live("seals what is personal, and does not print it", () =>
    Effect.gen(function* () {
      const [file, env] = [join(yield* directory, "opened.json"), yield* embedded]
      yield* serving(env, store)
      const owner = { subject: accountId, value: "Grace Hopper" }
      yield* Effect.promise(() => writeFile(file, JSON.stringify({ accountId, owner, currency: "EUR" })))
      const printed = yield* eventfold(env, "repair", "--position", "4", "--file", file, ...by)
      assert.include(printed.at(-1), `"owner":"[personal value of ${accountId}]"`)
      assert.notInclude(printed.join(), "Grace")
      yield* serving(
        env,
        Effect.gen(function* () {
          const [repair] = yield* (yield* EventRepairs).history()
          assert.notInclude(JSON.stringify(repair), "Grace")
          const [opened] = yield* accounts.decode(yield* eventsOf(account))
          assert.strictEqual(opened?._tag, "AccountOpened")
        })
      )
    })
  )

  it.live("reaches an event in the archive", () =>
    Effect.gen(function* () {
      const archive = join(yield* directory, "archive")
      const env = { ...(yield* server), ARCHIVE_DIR: archive }
      const shippedLongAgo = { category: "order", closedBy: ["OrderTeleported"], closedFor: "0 seconds" } as const
      const policy = ArchivePolicy.make(shippedLongAgo)
      const moved = Effect.gen(function* () {
        yield* store
        return yield* (yield* Archiver).run(policy, { tenant: "main", actor: "archiver", reason: "closed" })
      }).pipe(Effect.provide(Archiver.layer.pipe(Layer.provide(ArchiveDirectory.layer(archive)))))
      assert.strictEqual((yield* serving(env, moved)).streams, 1)
      const words = ["repair", "--position", "2", "--data", label, ...by]
      assert.match(yield* failing({ ...env, ARCHIVE_DIR: "" }, ...words), /^--position: no event is stored there$/u)
      const printed = yield* eventfold(env, ...words)
      assert.strictEqual(printed.at(-1), `now: OrderShipped v1 ${label}`)
    })
  )

  it.live("refuses in one line that names the option and the rule, and stores nothing then", () =>
    Effect.gen(function* () {
      const env = yield* server
      yield* serving(env, store)
      const order2 = ["--stream", `order/${orderId}`, "--version", "2"]
      const data = ["--data", label]
      const cases: ReadonlyArray<readonly [words: ReadonlyArray<string>, line: RegExp]> = [
        [data, /^--position: say which event by it, or else by --stream and --version$/u],
        [["--position", "2", ...order2, ...data], /^--position: say which event/u],
        [["--stream", "order/x", ...data], /^--position: say which event/u],
        [["--position", "0", ...data], /^--position: must be a whole number from 1$/u],
        [["--position", "99", ...data], /^--position: no event is stored there$/u],
        [["--position", "1", ...data], /^--position: the event there can be decoded: correct it with another event$/u],
        [["--position", "5", ...data], /^--position: the event is of a stream thing; this program knows those of /u],
        [["--position", "2", "--tenant", "acme", ...data], /^--tenant: the event at position 2 is of tenant main$/u],
        [["--position", "2", "--tenant", "A", ...data], /^--tenant: a tenant must be 1 to 63 lower-case letters/u],
        [["--stream", "order", "--version", "2", ...data], /^--stream: must be a stream, such as/u],
        [["--stream", "order/x", "--version", "2", ...data], /^--stream: there is no stream order\/x of tenant main$/u],
        [
          [...order2.slice(0, 3), "9", ...data],
          /^--version: the last version of order\/order_.* of tenant main is 3$/u
        ],
        [["--position", "2", "--event-id", eventId(1), ...data], /^--event-id: the event there is 0{8}-/u],
        [["--position", "3", ...data], /^--type: no event of order is called OrderTeleported: OrderDrafted, /u],
        [["--position", "2", "--schema-version", "7", ...data], /^--data: cannot be decoded either: .*up to 1$/u],
        [["--position", "2", "--schema-version", "0", ...data], /^--schema-version: must be a whole number from 1$/u],
        [["--position", "2", "--data", "{"], /^--data: must be JSON: /u],
        [["--position", "2", "--data", "[]"], /^--data: cannot be decoded either: its data is not a JSON object$/u],
        [["--position", "2", "--file", "/nowhere"], /^--file: \/nowhere cannot be read: /u],
        [["--position", "2"], /^--data: give the data by it, or else by --file$/u],
        [["--position", "2", ...data, "--file", "x"], /^--data: give the data by it, or else by --file$/u]
      ]
      for (const [words, line] of cases) {
        const message = yield* failing(env, "repair", ...words, ...by)
        assert.match(message, line)
        assert.notInclude(message, "\n")
      }
      const nobody = ["--position", "2", ...data, "--actor", "", "--reason", "x"]
      assert.match(yield* failing(env, "repair", ...nobody), /^--actor: .*an actor of 1 to 2048 characters/u)
      const nothing = yield* serving(
        env,
        Effect.gen(function* () {
          const { entries } = yield* (yield* Audit).page({ tenant: "main", order: "newest", limit: 9 })
          return [(yield* (yield* EventRepairs).history()).length, entries.length]
        })
      )
      assert.deepStrictEqual(nothing, [0, 5])
    })
  )
})
