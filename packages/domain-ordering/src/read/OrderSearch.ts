/**
 * Orders as people look for them: by words of their products, by ids, and by words of the shipping address.
 *
 * An address is personal, so no word of it stands in a row: only its hash under a secret key, which whoever runs the
 * search holds. The same key makes the hashes that are looked for. So a hashed word is found as a whole only, and who has
 * the rows but not the key learns nothing but which orders share words. An address that is forgotten has no words.
 *
 * Gotchas: rows made before a customer was forgotten keep the hashes until they are made anew. With another key the rows
 * must be built anew: raise `keyVersion`.
 */
import { Personal, Projection, ReadModel, Rows, SearchTokens, Specification } from "@eventfold/decider"
import { type Address, CustomerId, OrderId, ProductId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { Order } from "../Order.ts"
import { ItemAdded, ItemRemoved, OrderDrafted, OrderPlaced } from "../OrderEvents.ts"

const Product = Schema.Struct({ productId: ProductId, productName: Schema.String })
type Product = typeof Product.Type

/** The schema of a row. */
export const OrderSearchRow = Schema.Struct({
  orderId: OrderId,
  customerId: CustomerId,
  /** What the lines name. */
  products: Schema.Array(Product),
  /** The words of the ids and of the products. */
  words: Schema.Array(Schema.String),
  /** The words of the shipping address, each as its hash; none before the order is placed, or when it is forgotten. */
  addressWords: Schema.Array(Schema.String)
}).annotate({ identifier: "OrderSearchRow" })
/** A row of the search. */
export type OrderSearchRow = typeof OrderSearchRow.Type

const events = Schema.Union([OrderDrafted, ItemAdded, ItemRemoved, OrderPlaced])

/** The search, as what keeps its rows knows it. */
export const readModel = ReadModel.make({
  name: "order_search",
  key: ["orderId"],
  row: OrderSearchRow,
  indexes: [["customerId"]],
  searchable: ["words", "addressWords"]
})

/**
 * The search whose address words are hashed by `hash`. `keyVersion` counts the keys from 1, so that rows made with another
 * key are known to be of no use.
 */
export const make = (hash: SearchTokens.Hash, keyVersion = 1) =>
  Projection.make({
    readModel,
    version: keyVersion,
    events,
    keys: Projection.byStream(Order.category, "orderId"),
    project: (event, [row]) => {
      if (event._tag === "OrderDrafted") {
        const { customerId, orderId } = event
        return row === undefined ? [Projection.upsert(withProducts({ orderId, customerId, addressWords: [] }, []))] : []
      }
      if (row === undefined) return Projection.unchanged
      switch (event._tag) {
        case "ItemAdded":
          return [Projection.upsert(withProducts(row, [...others(row, event), event]))]
        case "ItemRemoved":
          return [Projection.upsert(withProducts(row, others(row, event)))]
        case "OrderPlaced":
          return [
            Projection.upsert({
              ...withProducts(row, event.lines),
              addressWords: Personal.match(event.shippingAddress, {
                onKnown: (address) => SearchTokens.hashed(hash, ...textsOf(address)),
                onRedacted: () => []
              })
            })
          ]
      }
    }
  })

const withProducts = (
  { addressWords, customerId, orderId }: Omit<OrderSearchRow, "products" | "words">,
  products: ReadonlyArray<Product>
): OrderSearchRow => ({
  orderId,
  customerId,
  products: products.map(({ productId, productName }) => ({ productId, productName })),
  words: SearchTokens.of(
    orderId,
    customerId,
    ...products.flatMap(({ productId, productName }) => [productId, productName])
  ),
  addressWords
})

const others = ({ products }: OrderSearchRow, { productId }: Pick<Product, "productId">) =>
  products.filter((product) => product.productId !== productId)

const textsOf = ({ city, country, postalCode, recipient, region, street }: Address.Address) => [
  recipient,
  street,
  city,
  region,
  postalCode,
  country
]

/** The rows, for specifications and sorts. */
export const rows = Rows.of(readModel)

/** Orders with all the words of a text among ids and products, the last one as the beginning of a word. */
export const withWords = (text: string) => Specification.search(rows.field("words"), text)

/** Orders with all the words of a text in the shipping address, whole words all of them; every order without a word. */
export const withAddress = (hash: SearchTokens.Hash, text: string) =>
  Specification.searchWords(rows.field("addressWords"), SearchTokens.hashed(hash, text).join(" "))
