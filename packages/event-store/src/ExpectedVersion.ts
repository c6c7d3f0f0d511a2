/**
 * What an append expects of the stream it extends: the guard against overwriting what somebody else decided.
 */
import { Schema } from "effect"

/** A version inside a stream: the first event has version 1. */
export const Version = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

/** The four expectations an append can have. */
export const ExpectedVersion = Schema.TaggedUnion({
  Any: {},
  NoStream: {},
  StreamExists: {},
  Exact: { version: Version }
})
/** The four expectations an append can have. */
export type ExpectedVersion = typeof ExpectedVersion.Type

/** The stream may be in any state, or not exist. */
export const Any: ExpectedVersion = { _tag: "Any" }

/** The stream must not exist. */
export const NoStream: ExpectedVersion = { _tag: "NoStream" }

/** The stream must have at least one event. */
export const StreamExists: ExpectedVersion = { _tag: "StreamExists" }

/** The last event of the stream must have this version. Throws unless it is a whole number from 1. */
export const Exact = (version: number): ExpectedVersion => ({ _tag: "Exact", version: Version.make(version) })

/** The expectation of somebody who has read the stream up to `version`, where 0 means that it was empty. */
export const at = (version: number): ExpectedVersion => (version === 0 ? NoStream : Exact(version))

/** Whether a stream whose last event has version `actual` (0: no stream) is as expected. */
export const matches = (expected: ExpectedVersion, actual: number): boolean => {
  switch (expected._tag) {
    case "Any":
      return true
    case "NoStream":
      return actual === 0
    case "StreamExists":
      return actual > 0
    case "Exact":
      return actual === expected.version
  }
}

/** For people: "any version", "no stream", "an existing stream" or "version 3". */
export const format = (expected: ExpectedVersion): string => {
  switch (expected._tag) {
    case "Any":
      return "any version"
    case "NoStream":
      return "no stream"
    case "StreamExists":
      return "an existing stream"
    case "Exact":
      return `version ${expected.version}`
  }
}
