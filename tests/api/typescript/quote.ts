// Asks for a quote and for what an unknown account is answered; prints both as JSON. Types come from the OpenAPI alone.
import createClient from "openapi-fetch";
import type { components, paths } from "./service.ts";

const [url, key] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${key}` } });

const order: components["schemas"]["OrderRequest"] = {
  account: "ALFA",
  date: "2026-03-10",
  lines: [{ item: "COLA", quantity: { number: "60", unit: "carton" } }],
};
const good = await client.POST("/v1/quotes", { params: { query: { explain: "none" } }, body: order });
const bad = await client.POST("/v1/quotes", { body: { ...order, account: "NOBODY" } });
const total: string | undefined = good.data?.total.amount;
const code: string | undefined = bad.error?.code;
console.log(JSON.stringify({ total, code, status: bad.response.status }));
