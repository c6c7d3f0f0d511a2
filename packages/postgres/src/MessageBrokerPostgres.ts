/**
 * The message broker as tables, for several processes on one database. Publishing and receiving are one call each.
 *
 * Whoever publishes waits for who publishes to the same topic, and whoever receives for who receives for the same group,
 * for as long as one call takes. Who receives and finds nothing waits for nobody and writes nothing. Inside an open transaction that is as long as the transaction: publish outside of one,
 * but for what must be published together with what it stores. Several processes hear of each other's messages by looking, and at
 * once with `MessageNotifications`.
 */
import { PgTypes } from "@effect/sql-pg"
import {
  type BrokerDriver,
  BrokerFailure,
  type BrokerOptions,
  type Group,
  MessageBroker,
  MessageSignal,
  mostCounted,
  mostHandedOn,
  mostTrimmed,
  type Receipt,
  type Start,
  timeIsUp,
  UnknownGroup
} from "@eventfold/messaging"
import { Context, DateTime, Effect, Layer, Result } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import * as Statements from "./MessageBrokerStatements.ts"
import { failure } from "./StoreFailure.ts"

/** The broker in the database of the SQL client, and its signal; its tables are made by `Migrations`. */
export const layerPostgres = (
  options: BrokerOptions = {}
): Layer.Layer<MessageBroker | MessageSignal, never, SqlClient.SqlClient> =>
  Layer.effectContext(
    Effect.map(SqlClient.SqlClient, (sql) => {
      const signal = MessageSignal.make()
      return Context.make(MessageSignal, signal).pipe(
        Context.add(MessageBroker, MessageBroker.make(driver(sql), options, signal))
      )
    })
  )

const driver = (sql: SqlClient.SqlClient): BrokerDriver => {
  const told = <A extends object>(operation: string, statement: string, parameters: ReadonlyArray<unknown>) =>
    Effect.mapError(sql.unsafe<A>(statement, parameters), brokerFailure(operation))
  const count = (operation: string, statement: string, parameters: ReadonlyArray<unknown>) =>
    Effect.map(told<{ readonly count: number }>(operation, statement, parameters), ([row]) => row?.count ?? 0)
  /** Nothing may mean that the group is not there. */
  const orUnknown = <A>(group: Group, rows: ReadonlyArray<A>) =>
    rows.length > 0
      ? Effect.succeed(rows)
      : Effect.flatMap(told("find", Statements.find, nameOf(group)), (found) =>
          found.length > 0 ? Effect.succeed(rows) : Effect.fail(new UnknownGroup(group))
        )
  const finish = (operation: string, group: Group, now: number, state: string, receipts: ReadonlyArray<Receipt>) =>
    count(operation, Statements.finish, [
      ...nameOf(group),
      time(now),
      state,
      numbers(receipts.map(({ position }) => position)),
      numbers(receipts.map(({ receipt }) => receipt))
    ])

  return {
    publish: (topic, messages, { now, since }) =>
      count("publish", Statements.publish, [
        topic,
        time(now),
        time(since),
        texts(messages.map(({ source }) => source)),
        texts(messages.map(({ id }) => id)),
        texts(messages.map(({ key }) => key)),
        texts(messages.map(({ text }) => text))
      ]),
    subscribe: (group, { from, maxDeliveries, maxInFlight }) =>
      sql
        .withTransaction(
          Effect.gen(function* () {
            // Nobody publishes between the look at the topic and the new group.
            yield* sql.unsafe(Statements.makeTopic, [group.topic])
            yield* sql.unsafe(Statements.lockTopic, [group.topic])
            yield* sql.unsafe(Statements.subscribe(placeOf(from)), [
              ...nameOf(group),
              place(from),
              PgTypes.int4(maxDeliveries),
              PgTypes.int4(maxInFlight)
            ])
          })
        )
        .pipe(Effect.mapError(brokerFailure("subscribe"))),
    unsubscribe: (group) =>
      Effect.map(told("unsubscribe", Statements.unsubscribe, nameOf(group)), (rows) => rows.length > 0),
    receive: (group, { limit, now, until }) =>
      told<Statements.DeliveryRow>("receive", Statements.receive, [
        ...nameOf(group),
        time(now),
        time(until),
        PgTypes.int4(limit),
        PgTypes.int4(mostHandedOn),
        timeIsUp
      ]).pipe(
        Effect.flatMap((rows) => orUnknown(group, rows)),
        Effect.map((rows) => {
          const found = rows.filter(({ place }) => place > 0)
          const deliveries = found.map(({ attempt, body, place, proof, published }) => {
            return { position: place, receipt: proof, attempt, text: body, publishedAt: published.getTime() }
          })
          return { deliveries, more: found.length < rows.length }
        })
      ),
    acknowledge: (group, receipts, now) => finish("acknowledge", group, now, "held", receipts),
    prolong: (group, receipts, until) =>
      count("prolong", Statements.prolong, [
        ...nameOf(group),
        time(until),
        numbers(receipts.map(({ position }) => position)),
        numbers(receipts.map(({ receipt }) => receipt))
      ]),
    giveBack: (group, { position, receipt }, { at, counts, now, reason }) =>
      Effect.map(
        told<{ readonly state: string }>("redeliver", Statements.giveBack, [
          ...nameOf(group),
          number(position),
          number(receipt),
          time(now),
          at === undefined ? null : time(at),
          reason,
          counts
        ]),
        ([row]) => (row === undefined ? "lost" : row.state === "dead" ? "dead" : "again")
      ),
    deadLetters: (group, { after, limit }) =>
      Effect.map(
        told<Statements.DeadRow>("deadLetters", Statements.deadLetters, [
          ...nameOf(group),
          number(after),
          PgTypes.int4(limit)
        ]),
        (rows) =>
          rows.map(({ at, attempts, content, position, published_at, reason }) => {
            const times = { publishedAt: published_at.getTime(), deadAt: at.getTime() }
            return { position, attempts, reason, ...times, text: content }
          })
      ),
    replay: (group, position, now) =>
      Effect.map(
        told("replay", Statements.replay, [
          ...nameOf(group),
          time(now),
          position === undefined ? null : number(position)
        ]),
        (rows) => rows.length
      ),
    discard: (group, position, now) =>
      Effect.map(finish("discard", group, now, "dead", [{ position, receipt: 0 }]), (done) => done > 0),
    rewind: (group, from) =>
      sql
        .withTransaction(
          Effect.gen(function* () {
            // Nobody removes what it is about to be given.
            yield* sql.unsafe(Statements.lockTopic, [group.topic])
            const moved = yield* sql.unsafe(Statements.rewind(placeOf(from)), [...nameOf(group), place(from)])
            yield* sql.unsafe(Statements.forget, nameOf(group))
            return moved.length > 0
          })
        )
        .pipe(
          Effect.mapError(brokerFailure("rewind")),
          Effect.flatMap((moved) => (moved ? Effect.void : Effect.fail(new UnknownGroup(group))))
        ),
    groups: (topic) =>
      Effect.map(told<{ readonly name: string }>("groups", Statements.groups, [topic]), (rows) =>
        rows.map(({ name }) => name)
      ),
    browse: (topic, from, limit) =>
      Effect.map(
        told<Statements.MessageRow>("browse", Statements.browse(placeOf(from)), [
          topic,
          PgTypes.int4(limit),
          place(from)
        ]),
        (rows) =>
          rows.map(({ content, position, published_at }) => {
            return { position, publishedAt: published_at.getTime(), text: content }
          })
      ),
    trim: (topic, before) => count("trim", Statements.trim, [topic, time(before), PgTypes.int4(mostTrimmed)]),
    state: (group) =>
      Effect.flatMap(
        told<Statements.StateRow>("state", Statements.state, [...nameOf(group), PgTypes.int4(mostCounted)]),
        ([row]) =>
          row === undefined
            ? Effect.fail(new UnknownGroup(group))
            : Effect.succeed({
                position: row.position,
                end: row.end,
                inFlight: row.held,
                waiting: row.waiting,
                dead: row.dead,
                oldest: row.oldest?.getTime()
              })
      )
  }
}

const brokerFailure = (operation: string) => (error: SqlError.SqlError) => {
  const { cause, detail, retryable } = failure(operation)(error)
  const said = detail === undefined ? {} : { detail }
  return new BrokerFailure({ operation: `MessageBroker.${operation}`, retryable, cause, ...said })
}

const nameOf = ({ group, topic }: Group): ReadonlyArray<unknown> => [topic, group]

const time = (millis: number) => DateTime.formatIso(DateTime.makeUnsafe(millis))

const number = (value: number) => PgTypes.int8(BigInt(value))

const numbers = (values: ReadonlyArray<number>) =>
  Result.getOrThrow(PgTypes.array(values.map(BigInt), PgTypes.OID.int8))

const texts = (values: ReadonlyArray<string>) => Result.getOrThrow(PgTypes.array(values, PgTypes.OID.text))

/** The kind of place to begin at, and the value it needs. */
const placeOf = (from: Start): Statements.Place =>
  typeof from === "string" ? from : "after" in from ? "after" : "since"

const place = (from: Start): unknown =>
  typeof from === "string" ? null : "after" in from ? number(from.after) : DateTime.formatIso(from.since)
