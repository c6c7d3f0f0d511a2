/**
 * What is removed of a topic, and the groups it has. Whoever makes a group or puts one back changes it, and so does who removes
 * messages: of two at the same moment one looks again, so nothing is removed that a group is about to be given.
 */
import { Schema } from "effect"
import { differences, fromBytes, placesOf, toBytes } from "./GroupValue.ts"
import type { State } from "./States.ts"
import type { Place } from "./TopicLog.ts"

/** What is removed of a topic, and the groups it has. */
export interface TopicMeta {
  readonly groups: ReadonlyArray<string>
  /** Up to here it has been looked for messages nobody needs; 0 when that begins anew. */
  readonly swept: number
  /** Everything up to here is removed, but for what is kept. */
  readonly removed: Place
  readonly kept: ReadonlyArray<Place>
}

const Stored = Schema.Struct({
  groups: Schema.Array(Schema.String),
  swept: Schema.Number,
  removed: Schema.Tuple([Schema.Number, Schema.Number]),
  kept: Schema.Array(Schema.Number)
})
const decodeStored = Schema.decodeUnknownSync(Stored)

/** As bytes. */
export const encode = ({ groups, kept, removed, swept }: TopicMeta): Uint8Array => {
  const stored: typeof Stored.Type = {
    groups,
    swept,
    removed: [removed.position, removed.sequence],
    kept: differences(kept)
  }
  return toBytes(JSON.stringify(stored))
}

/** From bytes; a topic that has none has removed nothing. */
export const decode = ({ bytes, revision }: State): TopicMeta => {
  if (revision === 0) return { groups: [], swept: 0, removed: { position: 0, sequence: 0 }, kept: [] }
  const { groups, kept, removed, swept } = decodeStored(JSON.parse(fromBytes(bytes)))
  return { groups, swept, removed: { position: removed[0], sequence: removed[1] }, kept: placesOf(kept) }
}
