/** A body for each request, as the documentation shows it: one order of five mugs on its way to Utrecht, and an account. */

const customerId = "customer_0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55"
const orderId = "order_0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55"
const item = { productId: "product_0190f5a2-8d10-7c31-8a55-4f1be0d7a901", quantity: 5 }

/** Bodies by the operation that takes them. */
export const exampleBodies: Readonly<Record<string, unknown>> = {
  "orders.draft": { customerId, currency: "EUR", items: [item] },
  "orders.addItem": item,
  "orders.changeItemQuantity": { quantity: 6 },
  "orders.place": {
    shippingAddress: {
      recipient: "Ada Jansen",
      street: "Oudegracht 1",
      city: "Utrecht",
      postalCode: "3511 AA",
      country: "Netherlands"
    }
  },
  "orders.approve": { approvedBy: "M. de Vries", notes: "Paid in advance" },
  "orders.ship": { carrier: "PostNL", trackingNumber: "3SABCD1234567", estimatedDelivery: "2024-05-20T12:00:00Z" },
  "orders.deliver": { signedBy: "Ada Jansen", occurredAt: "2024-05-20T10:42:00Z" },
  "orders.cancel": { cancelledBy: "customer", reason: "Ordered twice by mistake" },
  "accounts.open": { owner: "Ada Jansen", currency: "EUR" },
  "accounts.deposit": { money: { amount: 25000, currency: "EUR" }, occurredAt: "2024-05-17T09:30:00Z" },
  "accounts.withdraw": { money: { amount: 6250, currency: "EUR" } },
  "accounts.close": { occurredAt: "2024-05-31T16:00:00Z" },
  "transfers.begin": {
    from: "account_0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55",
    to: "account_0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e66",
    money: { amount: 6250, currency: "EUR" }
  },
  "catalog.list": { productId: item.productId, name: "Enamel mug", price: { amount: 1250, currency: "EUR" } },
  "catalog.reprice": { price: { amount: 1350, currency: "EUR" } },
  "catalog.discontinue": {},
  "catalog.announcePromotion": {
    name: "Spring sale",
    products: [item.productId],
    minimumQuantity: 5,
    discount: 1000,
    from: "2026-03-01T00:00:00Z",
    until: "2026-06-01T00:00:00Z"
  },
  "catalog.announceDiscount": { name: "Large order", atLeast: { amount: 100000, currency: "EUR" }, discount: 500 },
  "customers.register": {
    profile: { name: "Ada Jansen", company: "Jansen Mugs", phone: "+31 30 123 45 67" },
    email: "ada.jansen@example.org"
  },
  "customers.changeProfile": { profile: { name: "Ada de Vries" } },
  "customers.changeEmail": { email: "ada@example.org" },
  "notifications.chooseChannels": { channels: ["e-mail", "text-message"] },
  "shipments.request": { orderId: "order_0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e66" },
  "shipments.pack": { packedBy: "J. de Wit", packages: 1 },
  "shipments.dispatch": {
    carrier: "PostNL",
    trackingNumber: "3SABCD1234567",
    estimatedDelivery: "2024-05-20T12:00:00Z"
  },
  "shipments.delay": { reason: "Snow in the mountains", estimatedDelivery: "2024-05-22T12:00:00Z" },
  "shipments.deliver": { signedBy: "Ada Jansen", occurredAt: "2024-05-22T10:42:00Z" },
  "shipments.cancel": { reason: "Ordered twice by mistake" },
  "inventory.receive": { quantity: 500 },
  "inventory.adjust": { change: -3, reason: "Broken on the way" },
  "inventory.reserve": { orderId, lines: [{ productId: item.productId, quantity: 5 }], holdForSeconds: 900 },
  "inventory.release": {},
  "inventory.commit": { occurredAt: "2024-05-18T15:00:00Z" },
  "inventory.expire": {},
  "payments.request": {
    orderId: "order_0190f5a2-9a41-7d02-b1c6-3e8f5a7c2b10",
    money: { amount: 5625, currency: "EUR" },
    token: "tok_visa"
  },
  "payments.capture": { money: { amount: 5000, currency: "EUR" } },
  "payments.refund": { money: { amount: 1125, currency: "EUR" }, reason: "One mug was broken" },
  "payments.void": { reason: "Ordered twice by mistake" },
  "payments.settle": { occurredAt: "2024-05-17T09:30:00Z" },
  "payments.webhook": {
    id: "evt_0190f5a2-aa10-7e55-8c3d-5b6a9f1e2d40",
    object: "event",
    type: "charge.captured",
    created: 1715938200,
    data: {
      object: {
        id: "ch_hgkfaepbndclijmoahgfkbed",
        object: "charge",
        status: "captured",
        amount_cents: 5625,
        amount_captured_cents: 5625,
        amount_refunded_cents: 0,
        currency: "eur",
        reference: "payment_0190f5a2-9a41-7d02-b1c6-3e8f5a7c2b10"
      }
    }
  },
  "sagas.retry": { reason: "The gateway is back" },
  "sagas.skip": { step: "take-payment", reason: "The money was given back by hand" },
  "sagas.abandon": { reason: "The order was a test" },
  "projections.rebuild": { from: "2026-03-01" },
  "deadLetters.replay": { reason: "The event has been repaired" },
  "deadLetters.discard": { reason: "The order was drafted by a test" },
  "deadLetters.replayAll": { reason: "The program that knows these events runs now" },
  "subscribers.replay": { reason: "The program that knows this version runs now" },
  "subscribers.discard": { reason: "The order was placed by a test" },
  "subscribers.replayAll": { reason: "The mail server is back" },
  "subscribers.rewind": {
    reason: "The rows of March are made anew",
    since: "2026-03-01T00:00:00Z",
    marks: "forget"
  },
  "subscribers.remove": { reason: "Mails are sent by notifications now" },
  "privacy.forget": { subject: customerId, reason: "requested" }
}
