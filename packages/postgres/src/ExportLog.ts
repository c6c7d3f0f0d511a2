/** The log of a store for its export: events and actions of the audit in one order, page by page. */
import type { EventStoreFailure } from "@eventfold/event-store"
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { eventLine } from "./ExportFormat.ts"
import { actionLine, type ExportedAction } from "./ExportKinds.ts"
import * as ExportSource from "./ExportSource.ts"

/** The lines of a stretch of the log. */
export interface LogPage {
  readonly text: string
  /** How many of the lines are events. */
  readonly events: number
  /** The position of the last line. */
  readonly position: number
}

/** How a log is read. */
export interface LogOptions {
  readonly upTo: number
  /** How many rows one query reads. */
  readonly limit: number
  /** Whether the actions of the audit are read, too. */
  readonly actions: boolean
}

/** Reads the log up to a position, where it never changes. */
export class ExportLog {
  readonly #sql: SqlClient.SqlClient
  readonly #options: LogOptions
  /** Actions that were read and lie behind the last page; beyond the last of them there may be more. */
  #waiting: ReadonlyArray<ExportedAction> = []
  #more: boolean

  constructor(sql: SqlClient.SqlClient, options: LogOptions) {
    this.#sql = sql
    this.#options = options
    this.#more = options.actions
  }

  /** The lines after a position, that of the page before; nothing when there are no more. */
  after(position: number): Effect.Effect<LogPage | undefined, EventStoreFailure> {
    const { limit, upTo } = this.#options
    const stretch = { after: position, upTo, limit }
    return Effect.gen({ self: this }, function* () {
      const events = yield* ExportSource.events(this.#sql, stretch)
      if (this.#waiting.length === 0 && this.#more) {
        this.#waiting = yield* ExportSource.actions(this.#sql, stretch)
        this.#more = this.#waiting.length === limit
      }
      // Up to here both are known.
      const end = Math.min(
        events.length === limit ? (events.at(-1)?.position ?? upTo) : upTo,
        this.#more ? (this.#waiting.at(-1)?.position ?? upTo) : upTo
      )
      const page = [...events, ...this.#waiting].filter((entry) => entry.position <= end)
      this.#waiting = this.#waiting.filter((action) => action.position > end)
      page.sort((one, other) => one.position - other.position)
      const last = page.at(-1)
      if (last === undefined) return undefined
      const lines = page.map((entry) => ("kind" in entry ? actionLine(entry) : eventLine(entry)))
      return {
        text: lines.join(""),
        events: page.reduce((sum, entry) => sum + ("kind" in entry ? 0 : 1), 0),
        position: last.position
      }
    })
  }
}
