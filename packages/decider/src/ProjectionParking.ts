/** The partitions that are held back while a batch is folded. See `Projection.ts` for what it guarantees. */
import { Option, Result } from "effect"
import type { DomainEvent } from "./DomainEvent.ts"
import { ProjectionFailed } from "./ProjectionChanges.ts"
import { streamPartition } from "./ProjectionMake.ts"
import type { Happened } from "./ProjectionShape.ts"

/** A partition of a tenant's events. */
export interface Partition {
  readonly tenant: string
  readonly partition: string
}

/** A partition that is held back, and the events it has yet to take: the one that failed first, then the later ones. */
export interface Parked<Event> extends Partition {
  /** Why; none when it was held back before the batch began. */
  readonly failure: Option.Option<ProjectionFailed>
  readonly leftOver: ReadonlyArray<Happened<Event>>
}

/** A partition as it was told; a failure when telling it has thrown. */
export type Told = Result.Result<string, unknown>

/** Keeps the partitions that are held back, first those from before the batch. */
export const heldBack = <Event extends DomainEvent>(
  { readModel }: { readonly readModel: { readonly name: string } },
  before: ReadonlyArray<Partition>
) => {
  const held = new Map<string, Held<Event>>(
    before.map(({ partition, tenant }) => [
      nameOfPartition(tenant, partition),
      { tenant, partition, failure: Option.none(), leftOver: [] }
    ])
  )
  return {
    /** Leaves the event over when its partition is held back, or its stream. */
    holds: (happened: Happened<Event>, told: Told): boolean => {
      if (held.size === 0) return false
      const { stream } = happened.recorded
      const holding =
        held.get(nameOfPartition(stream.tenant, nameOf(happened, told))) ??
        held.get(nameOfPartition(stream.tenant, streamPartition(stream)))
      holding?.leftOver.push(happened)
      return holding !== undefined
    },
    /** Holds the partition of an event back that could not be folded. */
    hold: (happened: Happened<Event>, told: Told, cause: unknown): void => {
      const { event, recorded } = happened
      const { tenant } = recorded.stream
      const partition = nameOf(happened, told)
      const failure = new ProjectionFailed({
        projection: readModel.name,
        tenant,
        partition,
        position: recorded.position,
        eventType: event._tag,
        cause
      })
      const parked = { tenant, partition, failure: Option.some(failure), leftOver: [happened] }
      held.set(nameOfPartition(tenant, partition), parked)
    },
    /** All of them, in the order in which it came to that. */
    parked: (): ReadonlyArray<Parked<Event>> => Array.from(held.values())
  }
}

interface Held<Event> extends Parked<Event> {
  readonly leftOver: Array<Happened<Event>>
}

/** What cannot be assigned to a partition holds its stream back. */
const nameOf = ({ recorded }: Happened<unknown>, told: Told): string =>
  Result.getOrElse(told, () => streamPartition(recorded.stream))

const nameOfPartition = (tenant: string, partition: string): string => JSON.stringify([tenant, partition])
