/**
 * A PostgreSQL server of its own as a program, for tests that look into its folder: prints its URL and the folder of its
 * data as one line of JSON, runs until standard input ends, and leaves nothing behind.
 *
 * Durable, as in production: only then its WAL holds whole pages.
 */
import { start } from "./PostgresServer.ts"

const { data, stop, url } = await start({ durable: true })
process.stdin.once("end", () => void stop()).resume()
process.stdout.write(`${JSON.stringify({ url, data })}\n`)
