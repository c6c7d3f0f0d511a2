/**
 * Runs sagas. The state of each is a stream of events, so history, audit and reads of the past come with it.
 *
 * Guarantees: a saga that was started ends completed, compensated or abandoned, or is parked for a person, whatever fails
 * and whoever crashes in between, as long as some process runs. Each command is sent under an id that belongs to its step
 * alone, so nothing takes effect twice. Attempts and deadlines are stored: a restart neither repeats nor extends them. Who
 * starts a saga drives it on from memory; whoever has the lease of its slice looks after it when it is due or was left.
 *
 * Gotchas: it needs the rows of `SagaRows.projection`; have a `ProjectionRunner` keep them, as `SagaRows.pacing` says.
 * Without them sagas are driven, but none that waits goes on. What a crashed process was doing goes on within seconds where
 * `NodePlacement` tells who is gone; elsewhere, if it did not have the lease, when the time limit of its step is over.
 */
import { Saga } from "@eventfold/decider"
import { type CommandServices, type EventMetadata, type ReadFailure, Transaction } from "@eventfold/event-store"
import type { LoadError } from "@eventfold/event-store/CommandHandler"
import { type Consumers, NodePlacement, ReadModels } from "@eventfold/subscriptions"
import * as LeaseKeeper from "@eventfold/subscriptions/LeaseKeeper"
import { Context, Duration, Effect, Layer, Option, Result, type Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import type { Breakers } from "./Breakers.ts"
import type { CommandSender } from "./CommandSender.ts"
import * as SagaDriver from "./SagaDriver.ts"
import * as SagaRows from "./SagaRows.ts"
import type { SagaFailure, SagaRef, Told } from "./SagaStreams.ts"
import * as SagaStreams from "./SagaStreams.ts"
import * as SagaSweeper from "./SagaSweeper.ts"
import * as SagaTenants from "./SagaTenants.ts"
import * as SagaView from "./SagaView.ts"

/** How sagas are run. */
export interface SagaRunnerOptions {
  /** Sagas that do something at the same time in this process, at the most. Default: 64. */
  readonly concurrency?: number
  /** Sagas that wait for their turn in memory, at the most; the others are found when they are due. Default: 10,000. */
  readonly room?: number
  /** One text per process that competes for the lease. Default: that of `NodePlacement`, else a new one each time. */
  readonly owner?: string
  /** After this time a process that is not heard of any more is replaced. Default: 3 s. */
  readonly leaseTime?: Duration.Input
}

/** What a saga is started with. */
export interface Starting<Input> {
  /** Chosen by whoever starts it, so that starting it again is harmless. */
  readonly id: string
  readonly tenant: string
  readonly input: Input
  /** `correlationId` goes with everything the saga does. */
  readonly metadata?: EventMetadata
}

/** Who does it, and why: for the audit. */
export interface OnBehalf {
  readonly by: string
  readonly reason: string
}

/** How many sagas of a tenant stand how. */
export interface SagaStatistics {
  readonly active: number
  readonly waiting: number
  readonly completed: number
  readonly compensated: number
  readonly parked: number
  readonly abandoned: number
  /** Compensated or parked. */
  readonly failed: number
  /** Completed among those that are completed, compensated or parked; 1 when there are none. */
  readonly completionRate: number
}

type Decided = Effect.Effect<void, Saga.SagaRefusal | SagaFailure>

/** Runs sagas. */
export class SagaRunner extends Context.Service<
  SagaRunner,
  {
    readonly sagas: Saga.SagaSet
    /** Starts a saga. Once this has answered, it will end, whatever happens. In the transaction that is open. */
    start<Input>(saga: Saga.Saga<Input>, starting: Starting<NoInfer<Input>>): Decided
    /** Has a saga undone; once what it is doing has come back. Refused past the pivot. */
    cancel(saga: SagaRef, why: OnBehalf): Decided
    /** Has what was given up, or waits, tried again now. Refused while nothing is stuck. */
    retry(saga: SagaRef, why: OnBehalf): Decided
    /** Takes a step that is stuck for done; one that goes forward needs an answer in its place. */
    skip(saga: SagaRef, step: string, why: OnBehalf & { readonly answer?: Schema.Json }): Decided
    /** Ends a saga where it stands. */
    abandon(saga: SagaRef, why: OnBehalf): Decided
    /** Waits until this process does nothing for a saga any more: it has ended, is parked, or waits. At once if it does not. */
    settled(saga: SagaRef): Effect.Effect<void>
    /** How a saga stands; none when there is none. */
    state(saga: SagaRef): Effect.Effect<Option.Option<SagaView.SagaView>, LoadError>
    /** How many sagas of a tenant stand how, as far as the rows have come. */
    statistics(tenant: string): Effect.Effect<SagaStatistics, ReadFailure>
  }
>()("@eventfold/processes/SagaRunner") {
  /**
   * Runs these sagas for as long as the layer lives.
   *
   * @throws SagaNotUsable as a defect when two have the same name and version.
   */
  static readonly layer = (
    sagas: ReadonlyArray<Saga.AnySaga>,
    options: SagaRunnerOptions = {}
  ): Layer.Layer<SagaRunner, never, CommandServices | Consumers | ReadModels | CommandSender | Breakers> =>
    Layer.effect(SagaRunner, make(sagas, options))
}

const make = Effect.fnUntraced(function* (list: ReadonlyArray<Saga.AnySaga>, options: SagaRunnerOptions) {
  const { concurrency = 64, leaseTime = LeaseKeeper.usualTime, room = 10_000 } = options
  const owner = options.owner ?? (yield* NodePlacement.NodePlacement).node ?? SecureRandom.uuidV7Unsafe()
  const sagas = Saga.set(list)
  const streams = SagaStreams.make(sagas)
  const tenants = SagaTenants.make()
  const services = yield* Effect.context<CommandServices>()
  const readModels = yield* ReadModels
  const driver = yield* SagaDriver.make(sagas, streams, { concurrency, room })
  yield* SagaSweeper.make(driver, tenants, {
    owner,
    leaseTime: Duration.fromInputUnsafe(leaseTime),
    pageSize: 100
  })

  /** Decides, and has the saga driven on once that is stored. */
  const decide = Effect.fnUntraced(function* (ref: SagaRef, told: Told, metadata: EventMetadata) {
    const state = yield* streams.tell(ref, told, metadata)
    yield* Transaction.afterCommit(Effect.asVoid(driver.wake(ref, state)))
  }, Effect.provideContext(services))
  const byPerson = (ref: SagaRef, told: Told, { by, reason }: OnBehalf) =>
    decide(ref, told, { correlationId: ref.id, actor: by, reason })

  return {
    sagas,
    start: Effect.fn("SagaRunner.start")(function* <Input>(saga: Saga.Saga<Input>, starting: Starting<Input>) {
      const { id, metadata = {}, tenant } = starting
      const { name, version } = saga
      yield* Effect.annotateCurrentSpan({ saga: name, sagaId: id })
      const encoded = saga.encodeInput(starting.input)
      if (Result.isFailure(encoded)) return yield* new Saga.SagaInputInvalid({ sagaId: id, reason: encoded.failure })
      yield* Effect.provideContext(tenants.add(tenant), services)
      const { correlationId = id } = metadata
      yield* decide(
        { id, tenant },
        { _tag: "Start", tenant, saga: name, version, input: encoded.success, correlationId },
        { correlationId, ...metadata }
      )
    }),
    cancel: (ref: SagaRef, why: OnBehalf) => byPerson(ref, { _tag: "Cancel", reason: why.reason }, why),
    retry: (ref: SagaRef, why: OnBehalf) => byPerson(ref, { _tag: "Retry" }, why),
    skip: (ref: SagaRef, step: string, { answer, ...why }: OnBehalf & { readonly answer?: Schema.Json }) =>
      byPerson(ref, { _tag: "Skip", step, answer }, why),
    abandon: (ref: SagaRef, why: OnBehalf) => byPerson(ref, { _tag: "Abandon" }, why),
    settled: driver.settled,
    state: (ref: SagaRef) =>
      Effect.provideContext(
        Effect.map(streams.load(ref), (state) =>
          state.status === "none" ? Option.none() : Option.some(SagaView.of(sagas, state))
        ),
        services
      ),
    statistics: Effect.fnUntraced(function* (tenant: string) {
      const count = (status: SagaRows.SagaRow["status"]) =>
        Effect.catchTag(
          readModels.count(SagaRows.readModel, tenant, SagaRows.inStatus(status)),
          "ValueRefused",
          Effect.die
        )
      const [active, waiting, completed, compensated, parked, abandoned] = yield* Effect.all([
        count("active"),
        count("waiting"),
        count("completed"),
        count("compensated"),
        count("parked"),
        count("abandoned")
      ])
      const failed = compensated + parked
      const completionRate = completed + failed === 0 ? 1 : completed / (completed + failed)
      return { active, waiting, completed, compensated, parked, abandoned, failed, completionRate }
    })
  }
})
