/** What is delivered to groups, and what becomes of it: each call is one change of the value of the group. */
import {
  type BrokerDriver,
  BrokerFailure,
  type Group,
  mostHandedOn,
  type Receipt,
  type Received,
  type StoredDeadMessage,
  type StoredDelivery,
  timeIsUp,
  UnknownGroup
} from "@eventfold/messaging"
import { Effect } from "effect"
import { GroupState } from "./GroupState.ts"
import * as GroupValue from "./GroupValue.ts"
import { endOf, type Pack } from "./Pack.ts"
import * as Losses from "./Losses.ts"
import type { States } from "./States.ts"
import type { Subjects } from "./Subjects.ts"
import type { Place, TopicLog } from "./TopicLog.ts"

/** What a group is told of what it was asked. */
export const make = (states: States, log: TopicLog, subjects: Subjects, losses: Losses.Losses) => {
  /** Changes a group that is there; `otherwise` when it is not. The revision is what the change is based on. */
  const change = <A, E, E2>(
    operation: string,
    group: Group,
    otherwise: Effect.Effect<A, E2>,
    work: (state: GroupState, revision: number) => Effect.Effect<A, E>
  ) =>
    states.change(operation, subjects.group(group), ({ bytes, revision }) =>
      Effect.gen(function* () {
        if (revision === 0) return { answer: yield* otherwise }
        const state = new GroupState(GroupValue.decode(bytes))
        const answer = yield* work(state, revision)
        return { answer, becomes: state.changed ? GroupValue.encode(state.value) : undefined }
      })
    )
  /** The batch that has a message; undefined when it is not there any more. */
  const packOf = (topic: string, { position, sequence }: Place) =>
    Effect.map(log.behind(topic, { position: position - 1, sequence }), (pack) =>
      pack !== undefined && pack.first <= position ? pack : undefined
    )
  const textOf = (pack: Pack, position: number) => pack.texts[position - pack.first] ?? ""

  /** Hands the group what follows, until so many can be delivered; answers how many were handed. */
  const hand = Effect.fnUntraced(function* (topic: string, state: GroupState, now: number, missing: number) {
    let [handed, ready] = [0, 0]
    let pack: Pack | undefined
    while (ready < missing && handed < mostHandedOn && state.hasSpace) {
      const kept = state.nextKept
      if (kept !== undefined) {
        const of = yield* packOf(topic, kept)
        handed += 1
        if (state.hand(kept, keyOf(of, kept.position), now)) ready += 1
        continue
      }
      const { reached } = state
      if (pack === undefined || pack.first + pack.count - 1 <= reached.position) {
        pack = yield* log.behind(topic, reached)
        if (pack === undefined) break
      }
      const position = Math.max(reached.position + 1, pack.first)
      handed += 1
      if (state.hand({ position, sequence: pack.sequence }, keyOf(pack, position), now)) ready += 1
    }
    return handed
  })

  const receive = (
    group: Group,
    { limit, now, until }: { readonly limit: number; readonly now: number; readonly until: number }
  ): Effect.Effect<Received, UnknownGroup | BrokerFailure> =>
    change("receive", group, Effect.fail(new UnknownGroup(group)), (state, revision) =>
      Effect.gen(function* () {
        state.look(now)
        const room = Math.min(limit, state.room)
        const nothing: Received = { deliveries: [], more: false }
        if (room <= 0) return nothing
        const handed = yield* hand(group.topic, state, now, room - state.ready.length)
        const deliveries: Array<StoredDelivery> = []
        for (const head of state.ready.slice(0, room)) {
          const pack = yield* packOf(group.topic, head)
          const { position } = head
          state.take(head, until, revision)
          const { attempts: attempt, receipt } = head
          deliveries.push({
            position,
            attempt,
            receipt,
            publishedAt: pack?.publishedAt ?? 0,
            text: pack === undefined ? "" : textOf(pack, position)
          })
        }
        return { deliveries, more: deliveries.length === 0 && handed >= mostHandedOn }
      })
    )

  const acknowledge = (group: Group, receipts: ReadonlyArray<Receipt>, now: number) =>
    change("acknowledge", group, Effect.succeed(0), (state) =>
      Effect.sync(() => {
        let done = 0
        for (const receipt of receipts) {
          const head = state.heldBy(receipt)
          if (head === undefined) continue
          state.finish(head, now)
          done += 1
        }
        return done
      })
    )

  const prolong = (group: Group, receipts: ReadonlyArray<Receipt>, until: number) =>
    change("prolong", group, Effect.succeed(0), (state) =>
      Effect.sync(() => {
        const held = receipts.flatMap((receipt) => state.heldBy(receipt) ?? [])
        for (const head of held) state.prolong(head, until)
        return held.length
      })
    )

  const giveBack = (
    group: Group,
    receipt: Receipt,
    { at, counts, now, reason }: Parameters<BrokerDriver["giveBack"]>[2]
  ): Effect.Effect<"again" | "dead" | "lost", BrokerFailure> =>
    change("redeliver", group, Effect.succeed("lost" as const), (state) =>
      Effect.gen(function* () {
        const head = state.heldBy(receipt)
        if (head === undefined) return "lost"
        if (at !== undefined && (!counts || head.attempts < state.options.maxDeliveries)) {
          if (!counts) head.attempts -= 1
          state.putBack(head, now, at)
          return "again"
        }
        // Before it is dead: a letter always says why.
        yield* states.put("redeliver", subjects.dead(group, head.position), JSON.stringify(reason))
        state.kill(head, now)
        return "dead"
      })
    )

  const deadLetters = Effect.fnUntraced(function* (
    group: Group,
    { after, limit }: { readonly after: number; readonly limit: number }
  ) {
    const found = yield* states.read("deadLetters", subjects.group(group))
    if (found.revision === 0) return []
    const heads = new GroupState(GroupValue.decode(found.bytes)).dead(after).slice(0, limit)
    return yield* Effect.forEach(
      heads,
      (head) =>
        Effect.gen(function* () {
          const { at, attempts, late, position } = head
          const said = late ? undefined : yield* states.text(subjects.dead(group, position))
          const pack = yield* packOf(group.topic, head)
          const letter: StoredDeadMessage = {
            position,
            attempts,
            reason: late ? timeIsUp : said === undefined ? "" : String(JSON.parse(said)),
            publishedAt: pack?.publishedAt ?? 0,
            deadAt: at,
            text: pack === undefined ? "" : textOf(pack, position)
          }
          return letter
        }),
      { concurrency: 8 }
    )
  })

  /** Removes why letters were given up; nobody misses that. */
  const forget = (group: Group, positions: ReadonlyArray<number>) =>
    Effect.forEach(positions, (position) => Effect.ignore(states.purge(subjects.dead(group, position))), {
      concurrency: 8,
      discard: true
    })

  const replay = (group: Group, position: number | undefined, now: number) =>
    change("replay", group, Effect.succeed<ReadonlyArray<number>>([]), (state) =>
      Effect.sync(() => {
        const again = state.dead(0).filter((head) => position === undefined || head.position === position)
        for (const head of again) state.revive(head, now)
        return again.map(({ position }) => position)
      })
    ).pipe(
      Effect.tap((positions) => forget(group, positions)),
      Effect.map((positions) => positions.length)
    )

  const discard = (group: Group, position: number, now: number) =>
    change("discard", group, Effect.succeed(false), (state) =>
      Effect.sync(() => {
        const head = state.dead(position - 1).find((head) => head.position === position)
        if (head !== undefined) state.finish(head, now)
        return head !== undefined
      })
    ).pipe(Effect.tap((done) => (done ? forget(group, [position]) : Effect.void)))

  const state = Effect.fnUntraced(function* (group: Group) {
    const loss = yield* losses.noted(group.topic)
    if (loss?.accepted === false) return yield* Losses.failure("state", loss)
    const found = yield* states.read("state", subjects.group(group))
    if (found.revision === 0) return yield* new UnknownGroup(group)
    const state = new GroupState(GroupValue.decode(found.bytes))
    const newest = yield* log.last(group.topic)
    const end = newest === undefined ? 0 : endOf(newest)
    if (state.position > end) return yield* beyond(group, state.position, end)
    const { oldest, ...counts } = state.count()
    const kept = state.nextKept
    const first = oldest ?? kept
    const pack = yield* first === undefined ? log.behind(group.topic, state.reached) : packOf(group.topic, first)
    return {
      position: state.position,
      end,
      ...counts,
      oldest: pack?.publishedAt
    }
  })

  return { receive, acknowledge, prolong, giveBack, deadLetters, replay, discard, state }
}

/** NATS has lost the end of a topic: who publishes to it tells more. */
const beyond = ({ group, topic }: Group, position: number, end: number) =>
  new BrokerFailure({
    operation: "MessageBroker.state",
    retryable: true,
    detail: `${group} has been given messages of ${topic} up to place ${position}, and it ends at ${end}: NATS has lost some`,
    cause: undefined
  })

const keyOf = (pack: Pack | undefined, position: number): string =>
  pack === undefined ? `missing ${position}` : (pack.keys[position - pack.first] ?? `missing ${position}`)
