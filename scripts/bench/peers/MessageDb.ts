/**
 * message-db: functions in the database, called here by `pg` with prepared statements.
 *
 * It brings no client for Node, so nothing of it decodes: a read would measure `pg` and our own `JSON.parse`.
 *
 * Gotchas: of what its installer does, the role `message_store` with its privileges, the views for reports and the
 * extension `pgcrypto` are left out. The role would stay on the server when the database is gone; PostgreSQL has had
 * `gen_random_uuid` itself since version 13.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { SecureRandom } from "effect/crypto"
import type { Load } from "./Modules.ts"
import { connections, type PeerAdapter, type PeerEvent, type PeerStore } from "./Peer.ts"

/** The files of the installer, in its order. */
const files = [
  "schema/message-store",
  "tables/messages",
  "types/message",
  "functions/message-store-version",
  "functions/hash-64",
  "functions/acquire-lock",
  "functions/category",
  "functions/is-category",
  "functions/id",
  "functions/cardinal-id",
  "functions/stream-version",
  "functions/write-message",
  "functions/get-stream-messages",
  "functions/get-category-messages",
  "functions/get-last-stream-message",
  "indexes/messages-id",
  "indexes/messages-stream",
  "indexes/messages-category"
]

/** The version of a stream that is not there. */
const noStream = -1

/** message-db in the database at `url`; its SQL comes from the packages in `folder`. */
export const adapter = (load: Load, url: string, folder: string): PeerAdapter<PeerStore> => {
  const { Pool } = load("pg")
  // Its functions call each other without naming the schema.
  const connect = () =>
    new Pool({ connectionString: url, max: connections, options: "-c search_path=message_store,public" })
  return {
    prepare: async () => {
      const pool = connect()
      for (const file of files) {
        await pool.query(readFileSync(join(folder, `node_modules/@eventide/message-db/database/${file}.sql`), "utf8"))
      }
      await pool.end()
    },
    open: async () => {
      const pool = connect()
      const write = (stream: string, { data, metadata, type }: PeerEvent, expected: number) =>
        pool.query({
          name: "write",
          text: "select write_message($1, $2, $3, $4, $5, $6)",
          values: [
            SecureRandom.uuidV7Unsafe(),
            `account-${stream}`,
            type,
            JSON.stringify(data),
            JSON.stringify(metadata),
            expected
          ]
        })
      return {
        append: (stream, event) => write(stream, event, noStream),
        fill: async (stream, event, count) => {
          for (let version = noStream; version < count + noStream; version++) await write(stream, event, version)
        },
        read: async (stream) => {
          const query = { name: "read", text: "select * from get_stream_messages($1)", values: [`account-${stream}`] }
          return (await pool.query(query)).rows.length
        },
        close: () => pool.end()
      }
    }
  }
}
