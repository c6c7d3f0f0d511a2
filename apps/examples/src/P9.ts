/**
 * P9, archiving: streams that have been closed for years leave the log, and nothing is lost.
 *
 * Shows: a policy as a value; a run that moves what is due; a stream that is read from the archive when it is asked for, and
 * takes no more events; a read model rebuilt from log and archive that equals the one from before; a damaged file that is
 * found; a stream that is brought back.
 */
import { mkdtemp, readdir, rm, truncate } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ArchivePolicy, Archiver, EventStore, ExpectedVersion, StreamId, WholeHistory } from "@eventfold/event-store"
import { ArchiveDirectory } from "@eventfold/postgres"
import { Console, DateTime, Duration, Effect, Layer, Predicate, Stream } from "effect"
import { SecureRandom } from "effect/crypto"

/** What it is about. */
export const title = "Archiving: closed streams leave the log, and nothing is lost"

const category = "example-order"

// #region policy
/** An order is closed when it was delivered or cancelled; seven years later it moves. */
const policy = ArchivePolicy.make({
  category,
  closedBy: ["Delivered", "Cancelled"],
  closedFor: ArchivePolicy.sevenYears
})
// #endregion policy

const noted = (type: string, cents: number) => ({
  id: SecureRandom.uuidV7Unsafe(),
  type,
  schemaVersion: 1,
  occurredAt: DateTime.makeUnsafe("2019-03-01T09:00:00Z"),
  data: { cents },
  metadata: { actor: "clerk" }
})

const amountOf = (data: unknown) => (Predicate.hasProperty(data, "cents") ? Number(data.cents) : 0)

const by = { actor: "nightly", reason: "closed for seven years" }

/** The story. */
export const program = Effect.gen(function* () {
  const directory = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "eventfold-p9-"))),
    (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
  )
  const archive = ArchiveDirectory.layer(directory)
  const tenant = `p9-${SecureRandom.uuidV7Unsafe()}`
  const order = (id: string) => StreamId.make(tenant, category, id)

  const tell = Effect.gen(function* () {
    const [store, archiver] = [yield* EventStore, yield* Archiver]
    // The same port with the archive behind it: for rebuilds, audits, whoever asks for what is old.
    const whole = yield* Effect.provide(EventStore, WholeHistory.layer)

    /** A read model: the turnover of all orders that were placed, and how many have ended. */
    const turnover = Effect.fnUntraced(function* (events: EventStore["Service"]) {
      const all = yield* Stream.runCollect(events.readAll({ filter: { tenant } }))
      const cents = all.reduce((sum, { data }) => sum + amountOf(data), 0)
      const ended = all.filter(({ type }) => policy.closedBy.includes(type)).length
      return `${(cents / 100).toFixed(2)}; events: ${all.length}, orders ended: ${ended}`
    })

    yield* Console.log("Three orders, told in one log: two end, one stays open")
    yield* store.append(order("a"), ExpectedVersion.NoStream, [noted("Placed", 20_00)])
    yield* store.append(order("b"), ExpectedVersion.NoStream, [noted("Placed", 30_00)])
    yield* store.append(order("a"), ExpectedVersion.Exact(1), [noted("Delivered", 0)])
    yield* store.append(order("c"), ExpectedVersion.NoStream, [noted("Placed", 50_00)])
    yield* store.append(order("b"), ExpectedVersion.Exact(1), [noted("Cancelled", 0)])
    yield* Console.log(`  turnover: ${yield* turnover(store)}`)

    const now = yield* DateTime.now
    const run = (years: number) =>
      archiver.run(policy, { tenant, ...by, at: DateTime.addDuration(now, Duration.days(years * 366)) })
    yield* Console.log("After six years nothing is due; after eight, two orders move")
    yield* Console.log(`  six:   ${(yield* run(6)).streams} streams`)
    const moved = yield* run(8)
    yield* Console.log(`  eight: ${moved.streams} streams with ${moved.events} events`)
    yield* Console.log(`  again: ${(yield* run(8)).streams} streams`)

    yield* Console.log("The log has let go of them; with the archive behind it, everything is there, in its place")
    yield* Console.log(`  log:     ${yield* turnover(store)}`)
    yield* Console.log(`  rebuilt: ${yield* turnover(whole)}`)

    yield* Console.log("An archived order is read when it is asked for, and takes no more events")
    const types = yield* Stream.runCollect(Stream.map(whole.read(order("a")), ({ type }) => type))
    yield* Console.log(`  a: ${types.join(", ")}`)
    yield* whole
      .append(order("a"), ExpectedVersion.StreamExists, [noted("Returned", 0)])
      .pipe(Effect.catchTag("StreamArchived", ({ _tag }) => Console.log(`  ${_tag}`)))

    yield* Console.log("It is brought back by command, as it was, and takes events again")
    yield* archiver.restore(order("a"), { actor: "ada", reason: "a complaint" })
    const { version } = yield* store.append(order("a"), ExpectedVersion.Exact(2), [noted("Returned", 0)])
    yield* Console.log(`  a: version ${version}`)

    yield* Console.log("A file that somebody has cut off is refused, and never read as something else")
    const names = yield* Effect.promise(() => readdir(directory, { recursive: true }))
    for (const name of names.filter((name) => name.endsWith(".gz"))) {
      yield* Effect.promise(() => truncate(join(directory, name), 40))
    }
    yield* Stream.runDrain(whole.read(order("c"))).pipe(
      Effect.andThen(Console.log("  c: can be read, it is in the log"))
    )
    const fresh = yield* Effect.provide(EventStore, Layer.fresh(WholeHistory.layer))
    yield* Stream.runDrain(fresh.read(order("b"))).pipe(
      Effect.catchTag("EventStoreFailure", () => Console.log("  b: its file is damaged"))
    )
  })
  yield* Effect.provide(tell, Layer.provideMerge(Archiver.layer, archive))
}).pipe(Effect.scoped)
