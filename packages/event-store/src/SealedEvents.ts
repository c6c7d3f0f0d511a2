/**
 * Personal values in the data of events: sealed before it is stored, opened when it is read.
 *
 * Sealing is led by the schema of the version the data is of; opening needs none. A page of events is opened at once, with
 * one look-up of keys. Events whose schemas have nothing to seal, in no version, are handed on as they are and cost nothing.
 */
import { DomainEvent } from "@eventfold/decider"
import { Effect, Result, type Schema } from "effect"
import type { EventStoreFailure } from "./EventStoreErrors.ts"
import type { PersonalDataDamaged, SubjectKeyMissing } from "./KeyStoreErrors.ts"
import { asStoreFailure, Sealer } from "./PersonalData.ts"
import * as PersonalPlaces from "./PersonalPlaces.ts"
import type { RecordedEvent } from "./RecordedEvent.ts"

/** Data of an event, and which shape it has. */
export interface EventData {
  readonly type: string
  readonly schemaVersion: number
  readonly data: Schema.Json
}

/** Why the data of one event cannot be opened. */
export type Unopenable = SubjectKeyMissing | PersonalDataDamaged

/** Seals and opens the events of one aggregate. */
export interface SealedEvents {
  /** The data of events of a tenant, sealed, in the order given. */
  readonly seal: (
    events: ReadonlyArray<EventData>,
    tenant: string
  ) => Effect.Effect<ReadonlyArray<Schema.Json>, EventStoreFailure>
  /** True when none of these can hold anything sealed, so that there is nothing to open. */
  readonly areClear: (events: ReadonlyArray<EventData>) => boolean
  /** The data of stored events, opened each by itself, in the order given. */
  readonly open: (
    events: ReadonlyArray<RecordedEvent>
  ) => Effect.Effect<ReadonlyArray<Result.Result<Schema.Json, Unopenable>>, EventStoreFailure>
  /** True when a personal value in the data, sealed or not, is gone. */
  readonly hasRedacted: (event: EventData) => boolean
  /** Opened data for people: personal values as they are, `[REDACTED]` for those that are gone. */
  readonly show: (event: EventData) => Schema.Json
}

/**
 * Finds the places of personal values in all versions of the events.
 *
 * @throws Error when one of them could not be sealed: see `PersonalPlaces.of`.
 */
export const make = (schemas: ReadonlyArray<Schema.Codec<DomainEvent.DomainEvent, unknown>>): SealedEvents => {
  const places = new Map(
    schemas.map((schema) => [
      DomainEvent.nameOf(schema),
      new Map(DomainEvent.versionsOf(schema).map(({ schema, version }) => [version, PersonalPlaces.of(schema)]))
    ])
  )
  const sealed = new Set(
    Array.from(places).flatMap(([type, versions]) =>
      Array.from(versions.values()).every(({ none }) => none) ? [] : [type]
    )
  )
  const placesOf = ({ schemaVersion, type }: EventData) =>
    places.get(type)?.get(schemaVersion) ?? PersonalPlaces.nowhere
  const areClear = (events: ReadonlyArray<EventData>) => !events.some(({ type }) => sealed.has(type))
  return {
    areClear,
    seal: (events, tenant) =>
      areClear(events)
        ? Effect.succeed(events.map(({ data }) => data))
        : Effect.flatMap(Sealer.Current, (sealer) =>
            Effect.mapError(
              sealer.seal(events.map((event) => ({ tenant, places: placesOf(event), json: event.data }))),
              asStoreFailure("the sealing of events")
            )
          ),
    open: (events) => {
      const toOpen = events.filter(({ type }) => sealed.has(type))
      const asTheyAre = () => events.map(({ data }) => Result.succeed(data))
      if (toOpen.length === 0) return Effect.sync(asTheyAre)
      return Effect.map(open(toOpen), (opened) => {
        const results: Array<Result.Result<Schema.Json, Unopenable>> = asTheyAre()
        let next = 0
        for (const [index, { data, type }] of events.entries()) {
          if (sealed.has(type)) results[index] = opened[next++] ?? Result.succeed(data)
        }
        return results
      })
    },
    hasRedacted: (event) => PersonalPlaces.hasRedacted(placesOf(event), event.data),
    show: (event) => PersonalPlaces.show(placesOf(event), event.data)
  }
}

/** All at once; one by one only to find out which of them cannot be opened. */
const open = (
  events: ReadonlyArray<RecordedEvent>
): Effect.Effect<ReadonlyArray<Result.Result<Schema.Json, Unopenable>>, EventStoreFailure> =>
  Effect.flatMap(Sealer.Current, (sealer) =>
    sealer.open(events.map(({ data, stream: { tenant } }) => ({ tenant, json: data })))
  ).pipe(
    Effect.map((opened) => opened.map((json) => Result.succeed(json))),
    Effect.catchTags({
      SubjectKeyMissing: (error) => oneByOne(events, error),
      PersonalDataDamaged: (error) => oneByOne(events, error)
    }),
    Effect.mapError(asStoreFailure("the opening of events"))
  )

const oneByOne = (events: ReadonlyArray<RecordedEvent>, error: Unopenable) =>
  events.length === 1
    ? Effect.succeed([Result.fail(error)])
    : Effect.map(
        Effect.forEach(events, (event) => open([event])),
        (opened) => opened.flat()
      )
