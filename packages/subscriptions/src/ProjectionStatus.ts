/** What can be told of a projection: from its workers in this process, and from what the store knows of all processes. */
import type { ConsumerState } from "./Consumers.ts"
import type { WorkerState, WorkerStatus } from "./ConsumerStatus.ts"
import type { LetterCount } from "./DeadLetters.ts"
import type { Generation } from "./ReadModelStore.ts"

/** How many events are counted at the most to say how far behind a consumer is. */
export const lagBound = 1000

/** How far behind: `atLeast` when there are more than were counted. */
export interface LagInEvents {
  readonly count: number
  readonly atLeast: boolean
}

/** How a consumer with all its slices is doing. */
export interface ConsumerStatus {
  readonly consumer: string
  readonly state: WorkerState
  /** Where its last slice is. */
  readonly position: number
  /** Undefined when the store does not answer. */
  readonly lag: LagInEvents | undefined
  /** For how long there has been something that is not dealt with, in milliseconds; as this process sees it. */
  readonly lagMillis: number
  /** By the workers of this process. */
  readonly eventsPerSecond: number
  readonly batches: number
  readonly events: number
  readonly letters: Pick<LetterCount, "failed" | "waiting" | "discarded">
  readonly slices: ReadonlyArray<WorkerStatus>
  /** What failed last; undefined when nothing does. */
  readonly problem: string | undefined
}

/** A generation of a projection, and how it is doing. */
export interface GenerationStatus extends ConsumerStatus {
  readonly generation: number
  readonly generationState: Generation["state"]
}

/** How a projection is doing: as the generation that is read, or the one to be. */
export interface ProjectionStatus {
  readonly projection: string
  readonly mode: "async" | "inline" | "live"
  /** Undefined as long as it is not known which generation to work for. */
  readonly current: GenerationStatus | undefined
  readonly generations: ReadonlyArray<GenerationStatus>
  readonly problem: string | undefined
}

/** What the store says, as far as it answers. */
export interface StoreView {
  readonly states: ReadonlyArray<ConsumerState>
  readonly letters: ReadonlyArray<LetterCount>
}

/** Puts together how a consumer is doing. */
export const statusOf = (
  consumer: string,
  workers: ReadonlyArray<WorkerStatus>,
  { letters, states }: StoreView,
  lag: LagInEvents | undefined
): ConsumerStatus => {
  const slices = workers.map((worker) => seen(worker, states))
  const { discarded = 0, failed = 0, waiting = 0 } = letters.find((one) => one.consumer === consumer) ?? {}
  const owned = slices.filter(({ state }) => state !== "not-owner")
  const sum = (of: (worker: WorkerStatus) => number) => slices.reduce((total, slice) => total + of(slice), 0)
  return {
    consumer,
    state: worst(slices),
    position: Math.min(...slices.map(({ position }) => position)),
    lag,
    lagMillis: Math.max(0, ...owned.map(({ lagMillis }) => lagMillis)),
    eventsPerSecond: sum(({ eventsPerSecond }) => eventsPerSecond),
    batches: sum(({ batches }) => batches),
    events: sum(({ events }) => events),
    letters: { failed, waiting, discarded },
    slices,
    problem: slices.find(({ problem }) => problem !== undefined)?.problem
  }
}

/** What a worker says, with what the store knows better: other processes move slices too. */
const seen = (worker: WorkerStatus, states: ReadonlyArray<ConsumerState>): WorkerStatus => {
  const state = states.find(({ consumer, slice }) => consumer === worker.consumer && slice === worker.slice)
  if (state === undefined) return worker
  return {
    ...worker,
    owner: state.owner,
    position: Math.max(state.position, worker.position),
    state: state.stopped ? "stopped" : worker.state
  }
}

const order: ReadonlyArray<WorkerState> = [
  "failed",
  "retrying",
  "stopped",
  "catching-up",
  "waiting-for-schedule",
  "live",
  "not-owner"
]

const worst = (slices: ReadonlyArray<WorkerStatus>): WorkerState =>
  order.find((state) => slices.some((slice) => slice.state === state)) ?? "not-owner"
