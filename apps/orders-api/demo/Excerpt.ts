/** The first orders of Northwind, for a shorter demo: the same files with fewer orders in them. */
import { Effect, FileSystem, Path } from "effect"

/** So many orders in a folder of their own, which goes with the scope. */
export const first = Effect.fn("Excerpt.first")(function* (count: number) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const northwind = yield* path.fromFileUrl(new URL("../samples/northwind", import.meta.url))
  const folder = yield* fs.makeTempDirectoryScoped({ prefix: "eventfold-samples-" })
  yield* fs.copy(northwind, folder, { overwrite: true })
  const orders = (yield* fs.readFileString(`${northwind}/orders.csv`)).split("\n").slice(0, count + 1)
  const numbers = new Set(orders.map((line) => line.slice(0, line.indexOf(","))))
  const lines = (yield* fs.readFileString(`${northwind}/order_lines.csv`)).split("\n")
  const ofOrders = lines.filter((line) => numbers.has(line.slice(0, line.indexOf(","))))
  yield* fs.writeFileString(`${folder}/orders.csv`, orders.join("\n"))
  yield* fs.writeFileString(`${folder}/order_lines.csv`, ofOrders.join("\n"))
  return folder
})
