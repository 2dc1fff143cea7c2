-- The demo shop's own tables. They know nothing of the gateway; views.sql is all that it adds.
-- Times are UTC texts, YYYY-MM-DDTHH:MM:SS.fffZ; amounts are minor units of the currency.

PRAGMA application_id = 0x47574453; -- "GWDS": a demo shop, which is served on loopback only

CREATE TABLE customers (
  customer_id TEXT PRIMARY KEY,
  name        TEXT NOT NULL,
  company     TEXT,
  email       TEXT NOT NULL,
  phone       TEXT,
  joined_at   TEXT NOT NULL
);

CREATE TABLE warehouses (
  warehouse_id TEXT PRIMARY KEY,
  name         TEXT NOT NULL,
  partner      TEXT UNIQUE         -- who runs it; NULL: the shop itself
);

CREATE TABLE carriers (
  carrier_id TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  partner    TEXT UNIQUE           -- NULL: gets its labels on paper
);

CREATE TABLE processors (
  processor_id TEXT PRIMARY KEY,
  name         TEXT NOT NULL,
  partner      TEXT UNIQUE
);

CREATE TABLE products (
  sku                 TEXT PRIMARY KEY,
  title               TEXT NOT NULL,
  customs_description TEXT NOT NULL,
  weight_grams        INTEGER NOT NULL,
  price_minor         INTEGER NOT NULL
);

CREATE TABLE orders (
  order_no       INTEGER PRIMARY KEY,
  order_id       TEXT NOT NULL UNIQUE,
  customer_id    TEXT NOT NULL REFERENCES customers,
  warehouse_id   TEXT NOT NULL REFERENCES warehouses,
  status         TEXT NOT NULL CHECK (status IN ('open', 'packed', 'shipped', 'cancelled')),
  service_level  TEXT NOT NULL,
  placed_at      TEXT NOT NULL,
  ship_by        TEXT NOT NULL,
  finished_at    TEXT,             -- shipped or cancelled
  changed_at     TEXT NOT NULL,
  recipient_name TEXT NOT NULL,
  company        TEXT,
  street         TEXT NOT NULL,
  extra_line     TEXT,
  postal_code    TEXT,             -- not every country has them
  city           TEXT NOT NULL,
  region         TEXT,
  country        TEXT NOT NULL,
  phone          TEXT,
  delivery_note  TEXT,
  gift_message   TEXT,
  customer_ip    TEXT NOT NULL
);

CREATE TABLE order_lines (
  order_no INTEGER NOT NULL REFERENCES orders ON DELETE CASCADE,
  line_no  INTEGER NOT NULL,
  sku      TEXT NOT NULL REFERENCES products,
  quantity INTEGER NOT NULL,
  PRIMARY KEY (order_no, line_no)
) WITHOUT ROWID;

CREATE TABLE payments (
  payment_id   TEXT PRIMARY KEY,
  order_no     INTEGER NOT NULL REFERENCES orders ON DELETE CASCADE,
  processor_id TEXT NOT NULL REFERENCES processors,
  reference    TEXT NOT NULL UNIQUE,
  status       TEXT NOT NULL CHECK (status IN ('pending', 'authorized', 'captured', 'refunded', 'declined')),
  amount_minor INTEGER NOT NULL,
  currency     TEXT NOT NULL,
  token        TEXT NOT NULL,      -- the processor's; card numbers never come here
  brand        TEXT NOT NULL,
  last4        TEXT NOT NULL,
  expiry_month INTEGER NOT NULL,
  expiry_year  INTEGER NOT NULL,
  created_at   TEXT NOT NULL,
  settled_at   TEXT,
  changed_at   TEXT NOT NULL
);

CREATE TABLE parcels (
  parcel_id       TEXT PRIMARY KEY,
  order_no        INTEGER NOT NULL REFERENCES orders ON DELETE CASCADE,
  carrier_id      TEXT NOT NULL REFERENCES carriers,
  tracking_number TEXT NOT NULL UNIQUE,
  weight_grams    INTEGER NOT NULL,
  length_mm       INTEGER NOT NULL,
  width_mm        INTEGER NOT NULL,
  height_mm       INTEGER NOT NULL,
  announced_at    TEXT NOT NULL,
  delivered_at    TEXT,
  changed_at      TEXT NOT NULL
);

-- Who asked to be written to, and about what.
CREATE TABLE subscriptions (
  subscription_id TEXT PRIMARY KEY,
  customer_id     TEXT NOT NULL REFERENCES customers ON DELETE CASCADE,
  list            TEXT NOT NULL,
  given_name      TEXT NOT NULL,
  language        TEXT NOT NULL,
  since           TEXT NOT NULL,
  ended_at        TEXT,
  changed_at      TEXT NOT NULL
);

-- What customers said last about each list or purpose.
CREATE TABLE preferences (
  customer_id TEXT NOT NULL REFERENCES customers ON DELETE CASCADE,
  topic       TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('requested', 'soft_opt_in', 'opted_out')),
  changed_at  TEXT NOT NULL,
  PRIMARY KEY (customer_id, topic)
) WITHOUT ROWID;

-- Titles that are sent by e-mail.
CREATE TABLE downloads (
  reference  TEXT PRIMARY KEY,
  order_no   INTEGER NOT NULL REFERENCES orders ON DELETE CASCADE,
  sku        TEXT NOT NULL REFERENCES products,
  ready_at   TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  fetched_at TEXT,
  changed_at TEXT NOT NULL
);

CREATE INDEX subscriptions_customer ON subscriptions (customer_id);
CREATE INDEX downloads_order ON downloads (order_no);
CREATE INDEX order_lines_sku ON order_lines (sku);
CREATE INDEX orders_customer ON orders (customer_id);
CREATE INDEX payments_order ON payments (order_no);
CREATE INDEX parcels_order ON parcels (order_no);
