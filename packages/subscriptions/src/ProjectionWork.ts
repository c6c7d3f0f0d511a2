/** The work of a generation of a projection: its events are folded into the rows of that generation. */
import { Effect } from "effect"
import type { ConsumerWork, FoldFailure } from "./ConsumerWork.ts"
import * as DatedRows from "./DatedRows.ts"
import { consumerOf } from "./GenerationConsumer.ts"
import type { ManagedProjection } from "./ManagedProjection.ts"
import { type Generation, ReadModelStore } from "./ReadModelStore.ts"

/** The work of a generation, whose rows are in `store`. */
export const of = (
  projection: ManagedProjection,
  generation: Generation,
  store: ReadModelStore["Service"]
): ConsumerWork<FoldFailure> => {
  const { dated } = projection
  const written = dated === undefined ? store : DatedRows.onlyWanted(store, generation, dated)
  const { batchSize, failure, filter, pollEvery, rebuildBatchSize, rebuildShare, schedule } = projection.options
  // Where there were rows before, others are at work.
  const isRebuild = generation.state === "building" && generation.generation > 1
  return {
    consumer: consumerOf(generation),
    title: projection.name,
    filter: { ...filter, types: projection.eventTypes },
    fence: isWritten(projection, generation) ? Effect.asVoid(store.fenceAppends(projection.name)) : undefined,
    pace: {
      batchSize,
      catchUpBatchSize: isRebuild ? rebuildBatchSize : projection.options.catchUpBatchSize,
      rest: isRebuild ? 100 / rebuildShare - 1 : 0,
      failure,
      pollEvery,
      slices: generation.slices,
      schedule: generation.state === "building" ? undefined : schedule
    },
    ahead: !projection.readsPersonal,
    prepare: (events, { inSlice }) =>
      Effect.map(projection.prepare(events, inSlice), (batch) => ({
        get partitions() {
          return batch.partitions
        },
        run: (held) => Effect.provideService(batch.fold(generation.generation, held), ReadModelStore, written)
      })),
    partitionOf: (event) => projection.partitionOf(event),
    show: (event) => projection.show(event),
    quotable: (eventType) => projection.quotable(eventType)
  }
}

/** Whether appends write the rows of a generation: nobody follows the log for it. */
export const isWritten = ({ options }: Pick<ManagedProjection, "options">, { state }: Generation): boolean =>
  options.mode === "inline" && state === "serving"
