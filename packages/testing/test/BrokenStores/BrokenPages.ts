/** Stores that list wrongly what they hold, and stores that append to several streams wrongly. */
import { VersionConflict, type StreamId } from "@eventfold/event-store"
import { Context, Effect } from "effect"
import { broken, type BrokenStore, type Store } from "./BrokenStore.ts"

const pages: ReadonlyArray<BrokenStore> = [
  broken(
    "a filter of the log lets through what it names by tenant, category and type, and nothing else",
    "takes an empty list of categories for all",
    (store) => {
      const wrong = <Options extends Parameters<Store["readLog"]>[0] | NonNullable<Parameters<Store["readAll"]>[0]>>({
        filter: { categories = [], ...filter } = {},
        ...page
      }: Options) => ({ ...page, filter: categories.length === 0 ? filter : { ...filter, categories } })
      return {
        store: {
          readLog: (page) => store.readLog(page.filter === undefined ? page : { ...page, ...wrong(page) }),
          readAll: (options = {}) =>
            store.readAll(options.filter === undefined ? options : { ...options, ...wrong(options) })
        }
      }
    }
  ),
  broken(
    "a page of the log says how far it has looked: whoever goes on from there misses nothing and gets on",
    "says that it has looked as far as its last event",
    (store) => ({
      store: {
        readLog: (page) =>
          Effect.map(store.readLog(page), (slice) => ({
            ...slice,
            position: slice.events.at(-1)?.position ?? page.after
          }))
      }
    })
  ),
  broken("a page of the log says whether the log went on behind it", "takes every page for the last", (store) => ({
    store: { readLog: (page) => Effect.map(store.readLog(page), (slice) => ({ ...slice, end: true })) }
  }))
]

const streams: ReadonlyArray<BrokenStore> = [
  broken(
    "the streams of a category come in the order of the bytes of their ids, page by page, each with its version",
    "sorts by UTF-16 units",
    (store) => ({
      store: {
        readStreams: ({ after = "", limit, ...category }) =>
          Effect.map(store.readStreams({ ...category, limit: 1000 }), (all) =>
            all
              .filter(({ stream }) => stream.id > after)
              .toSorted((a, b) => (a.stream.id < b.stream.id ? -1 : 1))
              .slice(0, limit)
          )
      }
    })
  ),
  broken(
    "the streams of a category are its own, of one tenant, and hold at least one event",
    "remembers a stream that was never created",
    (store) => {
      const refused: Array<StreamId.StreamId> = []
      return {
        store: {
          append: (stream, expected, events) =>
            Effect.tapError(store.append(stream, expected, events), (error) =>
              Effect.sync(() => {
                if (error instanceof VersionConflict && error.actual === 0) refused.push(stream)
              })
            ),
          readStreams: (page) =>
            Effect.map(store.readStreams(page), (found) =>
              found.length > 0
                ? found
                : refused
                    .filter(({ category, tenant }) => tenant === page.tenant && category === page.category)
                    .map((stream) => ({ stream, version: 0 }))
            )
        }
      }
    }
  )
]

const together: ReadonlyArray<BrokenStore> = [
  broken(
    "appends to several streams are stored together, and each is answered in its place",
    "answers from the last to the first",
    (store) => ({
      store: { appendAll: (appends) => Effect.map(store.appendAll(appends), (answers) => answers.toReversed()) }
    })
  ),
  broken(
    "of appends to several streams none is stored when one is refused, and its refusal is the answer",
    "stores those before the one that is refused",
    (store) => ({
      store: {
        appendAll: (appends) =>
          Effect.forEach(appends, ({ events, expected, stream }) => store.append(stream, expected, events))
      }
    })
  ),
  broken(
    "appends to several streams that are made again with the same event ids are answered as the first time",
    "answers a repetition with the end of the stream",
    (store) => {
      const known = new Set<string>()
      return {
        store: {
          appendAll: Effect.fnUntraced(function* (appends) {
            const answers = yield* store.appendAll(appends)
            const ids = appends.flatMap(({ events }) => events.map(({ id }) => id))
            if (!ids.every((id) => known.has(id))) {
              ids.forEach((id) => known.add(id))
              return answers
            }
            return answers.map((answer) => ({ ...answer, version: answer.version + 1 }))
          })
        }
      }
    }
  ),
  broken(
    "appends to several streams join the transaction that is open, and are taken back with it",
    "opens a transaction of its own",
    (store) => ({
      store: {
        appendAll: (appends) =>
          Effect.flatMap(Effect.context(), (context) =>
            Effect.provideContext(
              Effect.updateContext(store.appendAll(appends), (_: Context.Context<never>) =>
                Context.omit(Effect.Transaction)(context)
              ),
              context
            )
          )
      }
    })
  )
]

/** Stores that list wrongly, or append to several streams wrongly. */
export const brokenPages: ReadonlyArray<BrokenStore> = [...pages, ...streams, ...together]
