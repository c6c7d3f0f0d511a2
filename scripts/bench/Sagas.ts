/**
 * Sagas of four steps that do nothing, from the start to the end: what running a saga costs by itself. Their rows are kept
 * meanwhile, as in a program, and what they wait for would be found.
 */
import { Message, Saga } from "@eventfold/decider"
import type { CommandOutcome, CommandServices } from "@eventfold/event-store"
import type { layerPostgres } from "@eventfold/postgres"
import { Breakers, CommandSender, SagaRows, SagaRunner } from "@eventfold/processes"
import {
  ConsumerProgress,
  ConsumerRegistry,
  Generations,
  ManagedProjection,
  ProjectionRunner,
  ReadModels,
  Subscriptions
} from "@eventfold/subscriptions"
import { Effect, Layer, Schema, type Scope } from "effect"
import * as Samples from "./Samples.ts"

const doNothing = Message.command({
  context: "bench",
  payload: Schema.TaggedStruct("DoNothing", { id: Schema.String }),
  answer: Schema.Null
})
const step = {
  send: ({ input }: { readonly input: { readonly id: string } }) => ({ _tag: "DoNothing" as const, id: input.id }),
  compensate: Saga.nothing("it does nothing")
}
const fourSteps = Saga.make({ name: "four-steps", input: Schema.Struct({ id: Schema.String }) })
  .step("one", doNothing, step)
  .step("two", doNothing, step)
  .step("three", doNothing, step)
  .step("four", doNothing, step)
  .end()

const done: CommandOutcome = { _tag: "Answered", answer: null }
const sender = Layer.succeed(CommandSender, { send: () => Effect.succeed(done) })

const layer = SagaRunner.layer([fourSteps], { concurrency: 64 }).pipe(
  Layer.provide([
    sender,
    Breakers.layer(),
    ProjectionRunner.layer([ManagedProjection.make(SagaRows.projection, SagaRows.pacing)])
  ]),
  Layer.provide([Generations.layer, ReadModels.layer]),
  Layer.provide([ConsumerRegistry.layer, ConsumerProgress.layer, Subscriptions.layer])
)

let runner: SagaRunner["Service"] | undefined

/** Has sagas run from now on. */
export const prepare: Effect.Effect<
  void,
  unknown,
  CommandServices | Layer.Success<typeof layerPostgres> | Scope.Scope
> = Effect.gen(function* () {
  if (runner === undefined) runner = yield* Effect.provideContext(SagaRunner, yield* Layer.build(layer))
})

/** One saga, from its start to its end. */
export const complete = Effect.suspend(() => {
  if (runner === undefined) return Effect.die("no sagas are run yet")
  const id = Samples.uuid()
  const ref = { tenant: "bench", id }
  return Effect.andThen(runner.start(fourSteps, { ...ref, input: { id } }), runner.settled(ref))
})
