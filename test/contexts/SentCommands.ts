/** The commands that consumers know: what they are listed to send is held to that. */
import type { Conformance } from "@eventfold/context-map"
import type { Room } from "./ObservedCode.ts"
import { importsOf, membersOf } from "./ObservedCode.ts"

/** A consumer, and the file that makes it. */
export interface Listed extends Conformance.Consumer {
  readonly file: string
  /** The file that takes the commands, where the consumer is given them. */
  readonly table?: string
}

/** Answers the command that a module exports under a name: `domain-billing/SaleCommands` and `issueInvoice`. */
export type CommandOf = (module: string, member: string) => string | undefined

/**
 * Whether each file that makes consumers takes just the commands that its consumers are listed to send. Taken is the value of
 * a command by which it is sent: the schema of its payload, which a handler passes to an aggregate of its own, is none.
 *
 * What a file sends may be known to a module that it imports, such as a table of reactions. So a command that is listed may
 * stand anywhere behind its imports; one that is taken in the file itself must be listed.
 */
export const differences = (
  rooms: ReadonlyArray<Room>,
  consumers: ReadonlyArray<Listed>,
  commandOf: CommandOf
): ReadonlyArray<string> => {
  const taken = new Map<string, ReadonlySet<string>>()
  for (const room of rooms) {
    for (const { module, path, takes } of membersOf(room, rooms)) {
      const commands = takes.flatMap(({ from, member }) => commandOf(from, member) ?? [])
      taken.set(module, new Set(commands))
      taken.set(path, new Set(commands))
    }
  }
  const imported = Map.groupBy(importsOf(rooms), ({ place }) => place.slice(0, place.lastIndexOf(":")))
  const byModule = Map.groupBy(importsOf(rooms), ({ from }) => from)
  const behind = (file: string): ReadonlySet<string> => {
    const found = new Set(taken.get(file))
    const queue = (imported.get(file) ?? []).map(({ to }) => to)
    const seen = new Set(queue)
    for (const module of queue) {
      for (const command of taken.get(module) ?? []) found.add(command)
      for (const { to } of byModule.get(module) ?? []) {
        if (seen.has(to)) continue
        seen.add(to)
        queue.push(to)
      }
    }
    return found
  }
  return Array.from(Map.groupBy(consumers, ({ file }) => file)).flatMap(([file, made]) => {
    const listed = new Set(made.flatMap(({ sends }) => sends))
    return [
      ...Array.from(taken.get(file) ?? [])
        .filter((command) => !listed.has(command))
        .map(
          (command) =>
            `${file} takes the command ${command}, which none of its consumers is listed to send: add it to sends in ${list}`
        ),
      ...made.flatMap(({ name, sends, table = file }) => {
        const known = behind(table)
        return sends
          .filter((command) => !known.has(command))
          .map(
            (command) =>
              `${name} is listed to send ${command}, which neither ${table} nor what it imports takes: take it out of sends in ${list}`
          )
      })
    ]
  })
}

const list = "apps/orders-api/src/contexts/Consumers.ts"
