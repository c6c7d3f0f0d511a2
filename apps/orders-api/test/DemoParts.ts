/** Where tests of the demo replay what: a port that stays the same while services come and go, or a single order. */
import { NodeHttpServer } from "@effect/platform-node"
import { Effect, FileSystem, Path } from "effect"
import { createServer } from "node:http"

/** A file of the app. */
export const fileOf = (path: string) =>
  Effect.flatMap(Path.Path, ({ fromFileUrl }) => fromFileUrl(new URL(`../${path}`, import.meta.url)))

/** A port that nobody listens on. */
export const freePort = Effect.scoped(
  Effect.map(NodeHttpServer.make(createServer, { port: 0, host: "127.0.0.1" }), ({ address }) =>
    "port" in address ? address.port : 0
  )
)

/** Where a service on this port is. */
export const urlOf = (port: number) => new URL(`http://127.0.0.1:${port}`)

const folderOf = Effect.fnUntraced(function* (files: Record<string, string>) {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* fs.makeTempDirectoryScoped({ prefix: "eventfold-demo-" })
  yield* Effect.forEach(Object.entries(files), ([name, text]) => fs.writeFileString(`${folder}/${name}`, text))
  return folder
})

/** One order of one line, which cannot be mistaken for one of the real samples. */
export const small = (number: string, price: string) =>
  folderOf({
    "customers.csv":
      "customer_id,company_name,contact_name,address,city,region,postal_code,country,phone\n" +
      "SMALL,Small & Co.,Ada Byrne,Church Street 1,Cork,,,Ireland,\n",
    "products.csv": "product_id,product_name,unit_price,discontinued\n1,Chai,18.00,0\n",
    "shippers.csv": "shipper_id,company_name\n1,Speedy Express\n",
    "orders.csv":
      "order_id,customer_id,order_date,required_date,shipped_date,ship_via,ship_name,ship_address,ship_city,ship_region,ship_postal_code,ship_country\n" +
      `${number},SMALL,1999-12-31,2000-01-31,,1,Small & Co.,Church Street 1,Cork,,,Ireland\n`,
    "order_lines.csv": `order_id,product_id,unit_price,quantity,discount\n${number},1,${price},1,0\n`
  })
