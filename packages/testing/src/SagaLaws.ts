/**
 * What holds of every saga, whoever crashes: it ends completed, compensated, or parked for a person; each of its commands
 * takes effect at most once; what took effect is undone in reverse, but for what waits for something that is down; and a parked one ends when it is tried again and
 * everything works.
 *
 * ```ts
 * for (const law of SagaLaws.of(Fulfilment)) it(law.name, () => Effect.runPromise(law.check))
 * ```
 *
 * The first law has the process die before and after every write and every command, one after the other, for the saga that
 * succeeds and for those in which one step is refused or never answers. The second makes up runs: commands that are
 * answered, refused, lost, silent or doubled, and processes that die anywhere. Answers, refusals and inputs are made up
 * from their schemas. A law that is broken says its seed.
 *
 * Gotcha: a saga whose `send` throws for some of the inputs its schema allows is found to be compensated, not broken.
 */
import type { Saga } from "@eventfold/decider"
import { AppendParticipants, AppendSignal, type CommandOutcome, StateCache } from "@eventfold/event-store"
import * as EventStoreMemory from "@eventfold/event-store/EventStoreMemory"
import { MemoryLog } from "@eventfold/event-store/MemoryLog"
import * as SnapshotStoreMemory from "@eventfold/event-store/SnapshotStoreMemory"
import { Arbitrary, Effect, Layer, Random, References, Result, Schema } from "effect"
import { TestClock } from "effect/testing"
import { type Law, make } from "./Law.ts"
import * as Check from "./SagaLaws/Check.ts"
import { type Kind, kindOf, live, ref } from "./SagaLaws/Life.ts"
import { type Course, type Fate, idsOf, type Script, World } from "./SagaLaws/World.ts"

/** How a saga is put to the test. */
export interface LawOptions<Input> {
  /** How many runs are made up. Default: 100. */
  readonly runs?: number
  /**
   * The most points at which the process dies, for each command that is in trouble: chosen anew each time, evenly spread.
   * Default: all there are.
   */
  readonly crashes?: number
  /** Inputs to choose from. Default: made up from the schema. */
  readonly inputs?: ReadonlyArray<Input>
}

/** The laws of a saga. */
export const of = <Input>(saga: Saga.Saga<Input>, options: LawOptions<Input> = {}): ReadonlyArray<Law<never>> => {
  const { crashes = Number.POSITIVE_INFINITY, runs = 100 } = options
  const kind = kindOf(saga)
  return [
    make(
      `the saga ${saga.name} ends as it should, whoever crashes before or after whichever write and command`,
      Effect.gen(function* () {
        const samples = yield* Samples.make(saga, options.inputs)
        for (const troubled of troublesOf(saga)) {
          const whole = yield* oneLife(kind, samples, () => samples.scripted(troubled), undefined)
          const step = Math.max(1, Math.ceil(whole / crashes))
          const first = yield* Random.nextIntBetween(0, step - 1)
          for (let point = first; point < whole; point += step) {
            yield* oneLife(kind, samples, () => samples.scripted(troubled), point)
          }
        }
      })
    ),
    make(
      `the saga ${saga.name} ends as it should in ${runs} runs that are made up`,
      Effect.gen(function* () {
        const samples = yield* Samples.make(saga, options.inputs)
        for (let run = 0; run < runs; run += 1) yield* oneLife(kind, samples, () => samples.madeUp, "anywhere")
      })
    )
  ]
}

/** Which command is in trouble, by its ids in all rounds, and how. */
interface Trouble {
  readonly ids: ReadonlySet<string>
  readonly how: "refused" | "unreachable"
}

/** None; then each command of each step and of its compensation that is refused, and that never arrives. */
const troublesOf = (saga: Saga.AnySaga): ReadonlyArray<Trouble | undefined> => {
  const rounds = Math.max(1, ...saga.steps.filter((step) => step.asksAgain).map(({ retry }) => retry.attempts))
  const all = Array.from({ length: rounds }, (_, round) => idsOf(saga, { tenant: ref.tenant, sagaId: ref.id }, round))
  const [first = []] = all
  return [
    undefined,
    ...first.flatMap((_, index) => {
      const ids = new Set(all.flatMap((round) => round[index]?.id ?? []))
      return (["refused", "unreachable"] as const).map((how) => ({ ids, how }))
    })
  ]
}

/** One saga from its start to its end. Answers how many points there were. */
const oneLife = (kind: Kind, samples: Samples, script: () => Script, dies: number | "anywhere" | undefined) =>
  Effect.gen(function* () {
    const world = new World(script())
    world.diesAt = (point) =>
      dies === "anywhere" ? Effect.map(Random.next, (odds) => odds < 0.05) : Effect.succeed(point === dies)
    const input = yield* samples.input
    const first = yield* live(kind, input, world)
    yield* Check.ending(kind.saga, first, world)
    if (first.status !== "parked") return world.points
    // From now on everything works.
    const again = new World((command) => Effect.map(samples.answer(command), (outcome) => ({ outcome, fate: heard })))
    yield* live(kind, input, again, () => Effect.succeed(true)).pipe(Effect.flatMap(Check.retried))
    return world.points
  }).pipe(
    Effect.scoped,
    Effect.provide(Layer.fresh(ports)),
    // What fails on purpose is not worth a line.
    Effect.provideService(References.MinimumLogLevel, "None")
  )

/** All that a life needs: it has many successors. */
const ports = Layer.mergeAll(
  EventStoreMemory.layerMemory.pipe(Layer.provide([AppendSignal.layer, AppendParticipants.layer, MemoryLog.layer])),
  SnapshotStoreMemory.layerMemory,
  StateCache.layer(),
  TestClock.layer()
)

const heard = (): Effect.Effect<Fate> => Effect.succeed("heard")

/** Made-up inputs, answers and refusals. */
class Samples {
  readonly #inputs: ReadonlyArray<Schema.Json>
  readonly #answers: ReadonlyMap<string, ReadonlyArray<Schema.Json>>
  readonly #refusals: ReadonlyMap<string, ReadonlyArray<Schema.Json>>
  constructor(
    inputs: ReadonlyArray<Schema.Json>,
    answers: ReadonlyMap<string, ReadonlyArray<Schema.Json>>,
    refusals: ReadonlyMap<string, ReadonlyArray<Schema.Json>>
  ) {
    this.#inputs = inputs
    this.#answers = answers
    this.#refusals = refusals
  }

  static readonly make = Effect.fnUntraced(function* <Input>(
    saga: Saga.Saga<Input>,
    given: ReadonlyArray<Input> | undefined
  ) {
    const seed = String(yield* Random.nextIntBetween(0, Number.MAX_SAFE_INTEGER))
    const inputs =
      given === undefined
        ? yield* jsonsOf(saga.Input, seed)
        : given.map((input) => Result.getOrThrow(saga.encodeInput(input)))
    const [answers, refusals] = [
      new Map<string, ReadonlyArray<Schema.Json>>(),
      new Map<string, ReadonlyArray<Schema.Json>>()
    ]
    for (const { command } of sendingsOf(saga)) {
      answers.set(command.name, yield* jsonsOf(command.Answer, seed))
      refusals.set(command.name, command.Refusal === Schema.Never ? [] : yield* jsonsOf(command.Refusal, seed))
    }
    return new Samples(inputs, answers, refusals)
  })

  readonly input = Effect.suspend(() => Effect.map(one(this.#inputs), (input) => input ?? null))
  readonly answer = (command: string): Effect.Effect<CommandOutcome> =>
    Effect.map(one(this.#answers.get(command) ?? []), (answer) => ({ _tag: "Answered", answer: answer ?? null }))
  readonly #outcome = Effect.fnUntraced(function* (this: Samples, command: string, isRefused: boolean) {
    const refusal = isRefused ? yield* one(this.#refusals.get(command) ?? []) : undefined
    return refusal === undefined ? yield* this.answer(command) : ({ _tag: "Refused", refusal } satisfies CommandOutcome)
  })

  /** Everything works, but for one command. */
  scripted(trouble: Trouble | undefined): Script {
    return (command, commandId) => {
      const how = trouble?.ids.has(commandId) === true ? trouble.how : undefined
      return Effect.map(this.#outcome(command, how === "refused"), (outcome): Course => ({
        outcome,
        // What lies after the pivot is tried until it works, so at some time it must.
        fate: (sending) => Effect.succeed(how === "unreachable" && sending <= mostFailures ? "not sent" : "heard")
      }))
    }
  }

  /** Anything can happen. */
  readonly madeUp: Script = (command) =>
    Effect.gen({ self: this }, function* () {
      const outcome = yield* this.#outcome(command, (yield* Random.next) < 0.15)
      const unreachable = (yield* Random.next) < 0.1
      return {
        outcome,
        fate: (sending) =>
          unreachable && sending <= mostFailures
            ? Effect.succeed("not sent")
            : Effect.map(Random.next, (odds): Fate => fateOf(odds))
      }
    })
}

/** More than a step before the pivot is tried. */
const mostFailures = 12

const fateOf = (odds: number): Fate =>
  odds < 0.1 ? "not sent" : odds < 0.2 ? "lost" : odds < 0.25 ? "silent" : odds < 0.35 ? "doubled" : "heard"

const sendingsOf = (saga: Saga.AnySaga): ReadonlyArray<Saga.Sending> =>
  [...saga.steps, ...saga.steps.map(({ compensation }) => compensation), saga.undo].flatMap((part) =>
    part === undefined || ("_tag" in part && part._tag === "Nothing") ? [] : [part]
  )

const jsonsOf = (schema: Schema.Codec<unknown, unknown>, seed: string): Effect.Effect<ReadonlyArray<Schema.Json>> => {
  const encode = Schema.encodeSync(Schema.toCodecJson(schema))
  return Arbitrary.sampleEffect(Arbitrary.schema(schema), { count: 20, size: 5, seed }).pipe(
    Effect.map((values) => values.map((value) => encode(value))),
    Effect.orDie
  )
}

const one = Effect.fnUntraced(function* <A>(values: ReadonlyArray<A>) {
  return values.length === 0 ? undefined : values[yield* Random.nextIntBetween(0, values.length - 1)]
})
