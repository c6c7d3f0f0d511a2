/**
 * Every example tells its story, word for word, on every database, and twice on the same one.
 */
import { assert, describe, it, layer } from "@effect/vitest"
import { Message } from "@eventfold/decider"
import { EventStore, QueryBus } from "@eventfold/event-store"
import { Effect, Exit, Schema } from "effect"
import { examples } from "../src/Example.ts"
import { databases } from "./Databases.ts"
import { printedBy } from "./PrintedLines.ts"

const stories: Record<string, string> = {
  E61: `
An account is opened and used
  version 3, balance 70.00
A refusal is a typed value, and records nothing
  InsufficientFunds: balance 70.00, requested 500.00
  still version 3
Two withdrawals of 50.00 at the same moment: the later one is decided again, on the new balance
  1 withdrawn, 1 refused: InsufficientFunds
Two clerks read version 4; each appends two deposits to just that version
  the first: stored, version 6
  the second: VersionConflict, expected version 4, actual 6
  the first repeats its append, with the same event ids: still version 6
The stream holds all of the first append and nothing of the second
  1  2026-03-01  AccountOpened {"owner":"Ada"}
  2  2026-03-02  MoneyDeposited {"cents":10000}
  3  2026-03-03  MoneyWithdrawn {"cents":3000}
  4  2026-03-04  MoneyWithdrawn {"cents":5000}
  5  2026-03-05  MoneyDeposited {"cents":100}
  6  2026-03-05  MoneyDeposited {"cents":200}
The account, rebuilt from its stream
  as of now: Ada has 23.00
  as of version 2: Ada had 100.00
`,
  E62: `
1,250 deliveries are counted, with a snapshot at every hundredth version
After a restart the newest snapshot is loaded, and with it the last events, at most a hundred
  4994 parcels at version 1250: 100 events were read
Without snapshots everything is read, and the answer is the same
  4994 parcels at version 1250: 1250 events were read
A later release has another state: it ignores those snapshots, and soon has its own
  4994 parcels at version 1250: 1250 events were read
  4994 parcels at version 1250: 100 events were read
  the largest delivery was of 7 parcels
Every snapshot is deleted: the answer does not change
  deleted
  4994 parcels at version 1250: 1250 events were read
One is taken on demand
  at version 1250
  4994 parcels at version 1250: 100 events were read
A command to a counter in use: its state is at hand
  version 1251: 0 reads, 1 append
`,
  E63: `
Ada's deposit of 3 March is imported late, as version 4
The account at a version, and at a date
  at version 2: 100.00 EUR
  as recorded before the import: 70.00 EUR, version 3
  as it occurred by 3 March: 150.00 EUR, version 4, 3 events
What occurred on 3 and 4 March, in the order in which it was told
  3  2026-03-04  MoneyWithdrawn
  4  2026-03-03  MoneyDeposited
Its balances
  2026-03-02  MoneyDeposited 100.00 EUR, then 100.00 EUR
  2026-03-04  MoneyWithdrawn 30.00 EUR, then 70.00 EUR
  2026-03-03  MoneyDeposited 50.00 EUR, then 120.00 EUR
Every order as of 2 March
  order 1: draft
  order 2: draft
Every order as of 4 March
  order 1: cancelled
  order 2: draft
  order 3: draft
What if every withdrawal had cost a fee? The accounts that would differ
  1: balances[0].amount: 12000 → 11975
What if the withdrawal had never happened?
  150.00 EUR in place of 120.00 EUR
  Nothing was written: the account is still at version 4
`,
  E64: `
Four years of events in one stream, each as it was written in its time
Read with the program of today
  2021  OrderPlaced: 1 tea, 1 milk; to an address nobody asked for; by unknown
  2022  MoneyDeposited: 12.50 USD
  2023  OrderPlaced: 3 tea; to London; by unknown
  2024  MoneyDeposited: 20.00 EUR
What is stored has not changed
  OrderPlaced v1 {"productIds":["tea","milk"]}
  MoneyDeposited v1 {"cents":1250}
  OrderPlaced v2 {"items":[{"productId":"tea","quantity":3}],"address":"London"}
  MoneyDeposited v2 {"money":{"amount":2000,"currency":"EUR"}}
A link is missing: the program does not start
  Error: Event OrderPlaced is at version 3, and nothing says how versions 1 to 2 of it can be read.
  Declare version 1 with DomainEvent.make("OrderPlaced", fields) and each later one with DomainEvent.nextVersion(versionBefore, fields, upcast), up to version 3
An import has written an event that cannot be decoded
  EventNotDecodable: OrderPlaced v2, version 5 of its stream
  at the position where it was stored: yes
  Expected number
    at ["items"][0]["quantity"]
A reader of many streams goes on past it
  4 read, 1 held back
It is repaired; a repair that would not help is refused
  RepairRefused: data cannot be decoded either
  now: 2 tea; to Paris; by card
  on record: grace, "the paper order says: two, by card"
  stored, as ever: {"items":[{"productId":"tea","quantity":"two"}],"address":"Paris"}
`,
  E66: `
Linus is too early: a typed refusal
  Linus: UnknownWorkshop
A workshop with two seats is announced
  0 taken, 2 free
Ada's command is delivered twice with one id: handled once, answered the same
  Ada: 1 taken, 1 free
  Ada: 1 taken, 1 free
A refusal is remembered like an answer; a new id is a new command
  Linus: UnknownWorkshop
  Linus: 2 taken, 0 free
  Grace: WorkshopFull
A query tells who comes
  Ada and Linus; 0 free
After a restart the first results still stand
  Ada: 1 taken, 1 free
  Linus: UnknownWorkshop
  Ada and Linus; 0 free
Ada's command id with other content is a mix-up
  Barbara: CommandIdReused
A command nobody handles
  workshops.Dance is unknown; known are workshops.AnnounceWorkshop, workshops.ReserveSeat
A malformed command, and a malformed query: every wrong field is named
  workshops.ReserveSeat, workshop: Missing key
  workshops.ReserveSeat, occurredAt: Expected a valid UTC DateTime string
  workshops.ReserveSeat, guest: Expected a value with a length of at least 1
  workshops.WhoComes, workshop: Missing key
`,
  P7: `
A refund is asked for, approved and paid, by three people in two requests
  ada: RefundRequested
  bob: RefundApproved, because the parcel was crushed
  robot: RefundPaid
What followed from the request at desk 7
  bob: RefundApproved, because the parcel was crushed
  robot: RefundPaid
What bob did
  bob: RefundApproved, because the parcel was crushed
An action that is no event is recorded in the transaction in which it is done
  a second one failed, and leaves no entry
  bob: RefundApproved, because the parcel was crushed
  eve: RefundRepaired (no event), because a digit too many
Two at a time, the newest first
  RefundRepaired, RefundPaid
  RefundApproved, RefundRequested
`,
  P8: `
Two guests book
  room-1: Ada Lovelace, 3 nights
  room-2: Grace Hopper, 2 nights
  stored: without the name
  shown:  {"guest":{"name":"Ada Lovelace","address":"12 St James's Square, London"},"nights":3}
Ada asks to be forgotten
  room-1: [REDACTED], 3 nights
  room-2: Grace Hopper, 2 nights
  stored: without the name
  shown:  {"guest":"[REDACTED]","nights":3}
  PersonForgotten by front-desk: requested
Her stay goes on, and is longer than was thought
  room-1: [REDACTED], 4 nights
What is written of her later is forgotten as it is written
  stored: without the name
  shown:  {"guest":"[REDACTED]","nights":1}
Forgotten again, nothing changes, and nothing more is told
  room-1: [REDACTED], 4 nights
  PersonForgotten by front-desk: requested
`,
  P9: `
Three orders, told in one log: two end, one stays open
  turnover: 100.00; events: 5, orders ended: 2
After six years nothing is due; after eight, two orders move
  six:   0 streams
  eight: 2 streams with 4 events
  again: 0 streams
The log has let go of them; with the archive behind it, everything is there, in its place
  log:     50.00; events: 1, orders ended: 0
  rebuilt: 100.00; events: 5, orders ended: 2
An archived order is read when it is asked for, and takes no more events
  a: Placed, Delivered
  StreamArchived
It is brought back by command, as it was, and takes events again
  a: version 3
A file that somebody has cut off is refused, and never read as something else
  c: can be read, it is in the log
  b: its file is damaged
`
}

describe("the stories", () => {
  it("are told here for every example", () => {
    assert.deepStrictEqual(Object.keys(stories), [...examples.keys()])
  })
})

for (const [name, database] of databases) {
  layer(database, { excludeTestServices: true })(`on ${name}`, (it) => {
    for (const [id, { program, title }] of examples) {
      it.effect(`${id} ${title}`, () =>
        Effect.gen(function* () {
          for (const run of ["first", "second"]) {
            const { exit, lines } = yield* printedBy(program)
            assert.isTrue(Exit.isSuccess(exit), `${run} run: ${String(exit)}`)
            assert.strictEqual(lines.join("\n"), stories[id]?.trim(), `${run} run`)
          }
        })
      )
    }
  })
}

describe("E66: a query cannot write", () => {
  const Ask = Message.query({
    context: "test",
    payload: Schema.TaggedStruct("Ask", {}),
    answer: Schema.Boolean
  })

  it("takes a handler that only reads", () => {
    assert.strictEqual(QueryBus.handler(Ask, () => Effect.succeed(true)).name, "test.Ask")
  })

  it("does not compile with a handler that asks for the event store", () => {
    // @ts-expect-error -- the type checker is what refuses it
    assert.strictEqual(QueryBus.handler(Ask, () => Effect.as(EventStore, true)).name, "test.Ask")
  })
})
