/** Dead letters in memory. They join the transactions of `Transaction.layerMemory`; time is that of the `Clock`. */
import { compareText } from "@eventfold/decider/RowValue"
import { StreamId } from "@eventfold/event-store"
import { DateTime, Effect, HashMap, Layer, Option, TxRef } from "effect"
import { type DeadLetter, DeadLetters, type HeldPartition, type LettersPage, type NewLetter } from "./DeadLetters.ts"

/** Dead letters in memory, none at first. */
export const layerMemory: Layer.Layer<DeadLetters> = Layer.effect(
  DeadLetters,
  Effect.gen(function* () {
    const letters = yield* TxRef.make<All>(HashMap.empty())

    const ask = <A>(answer: (all: All) => A) => Effect.map(TxRef.get(letters), answer)
    /** The letters of a consumer that are not discarded, in order. */
    const openOf = (consumer: string) => (all: All) => lettersOf(all, consumer).filter(isOpen)

    return {
      park: (added) =>
        Effect.flatMap(DateTime.now, (now) =>
          TxRef.update(letters, (all) => added.reduce((before, letter) => parked(before, letter, now), all))
        ),
      any: (consumer) => ask((all) => HashMap.some(of(all, consumer), isOpen)),
      heldOf: (consumer, partitions) =>
        ask((all) => {
          const held = new Set(openOf(consumer)(all).map(nameOf))
          const wanted = new Map(
            partitions.map((one) => [nameOf(one), { tenant: one.tenant, partition: one.partition }])
          )
          return Array.from(wanted).flatMap(([name, one]) => (held.has(name) ? [one] : []))
        }),
      held: (consumer, limit) =>
        ask((all) => {
          const first = new Map<string, HeldPartition & { readonly position: number }>()
          for (const { partition, position, tenant } of openOf(consumer)(all)) {
            const name = nameOf({ tenant, partition })
            if (!first.has(name)) first.set(name, { tenant, partition, position })
          }
          return Array.from(first.values()).slice(0, limit)
        }),
      queue: (consumer, partition, { after, limit }) =>
        ask((all) =>
          openOf(consumer)(all)
            .filter((letter) => letter.position > after && nameOf(letter) === nameOf(partition))
            .slice(0, limit)
        ),
      resolve: (consumer, positions) =>
        TxRef.update(letters, (all) => withLetters(all, consumer, HashMap.removeMany(of(all, consumer), positions))),
      discard: (consumer, position, by) =>
        Effect.flatMap(DateTime.now, (at) =>
          TxRef.modify(letters, (all): [boolean, All] => {
            const letter = Option.getOrUndefined(HashMap.get(of(all, consumer), position))
            if (letter === undefined || !isOpen(letter)) return [false, all]
            return [true, withLetter(all, { ...letter, discarded: { by: by.by, reason: by.reason, at } })]
          })
        ),
      find: (consumer, position) => ask((all) => HashMap.get(of(all, consumer), position)),
      list: (page) =>
        ask((all) => {
          const consumers = page.consumer === undefined ? Array.from(HashMap.keys(all)) : [page.consumer]
          return consumers
            .flatMap((consumer) => lettersOf(all, consumer))
            .filter(isOn(page))
            .toSorted(inOrder)
            .slice(0, page.limit)
        }),
      counts: ask((all) =>
        Array.from(HashMap.keys(all))
          .toSorted(compareText)
          .map((consumer) => {
            const states = lettersOf(all, consumer).map(stateOf)
            const count = (state: State) => states.filter((one) => one === state).length
            return { consumer, failed: count("failed"), waiting: count("waiting"), discarded: count("discarded") }
          })
      ),
      blocking: (consumer, streams, upTo) =>
        ask((all) => {
          const names = new Set(streams.map(StreamId.format))
          const found = openOf(consumer)(all).find(
            ({ position, stream }) => position <= upTo && names.has(StreamId.format(stream))
          )
          return Option.fromUndefinedOr(found)
        }),
      removeAll: (consumer) => TxRef.update(letters, HashMap.remove(consumer))
    }
  })
)

/** The letters of a consumer by position; consumers without letters are not in it. */
type All = HashMap.HashMap<string, Letters>
type Letters = HashMap.HashMap<number, DeadLetter>
type State = NonNullable<LettersPage["state"]>

const of = (all: All, consumer: string): Letters =>
  Option.getOrElse(HashMap.get(all, consumer), (): Letters => HashMap.empty())

const lettersOf = (all: All, consumer: string): ReadonlyArray<DeadLetter> =>
  HashMap.toValues(of(all, consumer)).toSorted((a, b) => a.position - b.position)

const withLetters = (all: All, consumer: string, letters: Letters): All =>
  HashMap.isEmpty(letters) ? HashMap.remove(all, consumer) : HashMap.set(all, consumer, letters)

const withLetter = (all: All, letter: DeadLetter): All =>
  HashMap.set(all, letter.consumer, HashMap.set(of(all, letter.consumer), letter.position, letter))

const parked = (all: All, letter: NewLetter, now: DateTime.Utc): All => {
  const before = Option.getOrUndefined(HashMap.get(of(all, letter.consumer), letter.position))
  const failed = letter.failure !== undefined
  if (before !== undefined && (!failed || !isOpen(before))) return all
  const { attempts, notedAt } = before ?? { attempts: 0, notedAt: now }
  const tried = failed ? { attempts: attempts + 1, triedAt: now } : { attempts, triedAt: undefined }
  return withLetter(all, { ...letter, ...tried, notedAt, discarded: undefined })
}

const isOpen = ({ discarded }: DeadLetter): boolean => discarded === undefined

const stateOf = (letter: DeadLetter): State =>
  !isOpen(letter) ? "discarded" : letter.failure === undefined ? "waiting" : "failed"

const nameOf = ({ partition, tenant }: HeldPartition): string => JSON.stringify([tenant, partition])

const inOrder = (a: DeadLetter | Required<LettersPage>["after"], b: typeof a): number =>
  a.position - b.position || compareText(a.consumer, b.consumer)

const isOn =
  ({ after, partition, state, tenant }: LettersPage) =>
  (letter: DeadLetter): boolean =>
    (tenant === undefined || letter.tenant === tenant) &&
    (partition === undefined || letter.partition === partition) &&
    (state === undefined ? isOpen(letter) : stateOf(letter) === state) &&
    (after === undefined || inOrder(letter, after) > 0)
