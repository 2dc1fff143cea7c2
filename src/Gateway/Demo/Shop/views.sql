-- What the gateway may read of the shop, and all the mapping there is: a view a record, a column a field.
-- Each view says whose record it is (recipient), about whom (subject_id), and when it opened, closed and last changed.
-- A recipient of NULL is nobody's record: no partner can ask for it.

CREATE VIEW sharing_shipments AS
SELECT o.order_id,
       o.service_level,
       o.ship_by        AS requested_ship_time,
       o.recipient_name,
       o.company,
       o.street         AS address_street,
       o.extra_line     AS address_extra_line,
       o.postal_code    AS address_postal_code,
       o.city           AS address_locality,
       o.region         AS address_region,
       o.country        AS address_country,
       o.phone          AS phone_number,
       o.delivery_note  AS delivery_instructions,
       o.gift_message,
       w.partner        AS recipient,
       o.customer_id    AS subject_id,
       o.placed_at      AS opened_at,
       o.finished_at    AS closed_at,
       o.changed_at     AS updated_at
FROM orders o JOIN warehouses w ON w.warehouse_id = o.warehouse_id;

-- The repeated message `lines`: the parent's key, a position, and its fields.
CREATE VIEW sharing_shipments_lines AS
SELECT o.order_id,
       l.line_no AS position,
       l.sku,
       p.title,
       l.quantity,
       p.weight_grams
FROM orders o JOIN order_lines l ON l.order_no = o.order_no JOIN products p ON p.sku = l.sku;

CREATE VIEW sharing_charges AS
SELECT c.payment_id,
       o.order_id,
       c.reference      AS processor_reference,
       u.name           AS billing_name,
       o.street         AS billing_address_street,
       o.extra_line     AS billing_address_extra_line,
       o.postal_code    AS billing_address_postal_code,
       o.city           AS billing_address_locality,
       o.region         AS billing_address_region,
       o.country        AS billing_address_country,
       u.email,
       printf('%d.%02d', c.amount_minor / 100, c.amount_minor % 100) AS amount,
       c.currency       AS amount_currency,
       c.token          AS payment_token,
       c.brand          AS card_brand,
       c.last4          AS card_last4,
       c.expiry_month   AS card_expiry_month,
       c.expiry_year    AS card_expiry_year,
       o.customer_ip,
       c.status,
       r.partner        AS recipient,
       o.customer_id    AS subject_id,
       c.created_at     AS opened_at,
       c.settled_at     AS closed_at,
       c.changed_at     AS updated_at
FROM payments c
JOIN processors r ON r.processor_id = c.processor_id
JOIN orders o ON o.order_no = c.order_no
JOIN customers u ON u.customer_id = o.customer_id;

CREATE VIEW sharing_parcels AS
SELECT k.parcel_id,
       o.order_id,
       k.tracking_number,
       o.recipient_name,
       o.company,
       o.street         AS address_street,
       o.extra_line     AS address_extra_line,
       o.postal_code    AS address_postal_code,
       o.city           AS address_locality,
       o.region         AS address_region,
       o.country        AS address_country,
       o.phone          AS phone_number,
       u.email,
       o.delivery_note  AS delivery_instructions,
       k.weight_grams,
       k.length_mm,
       k.width_mm,
       k.height_mm,
       (SELECT printf('%d.%02d', sum(l.quantity * p.price_minor) / 100, sum(l.quantity * p.price_minor) % 100)
        FROM order_lines l JOIN products p ON p.sku = l.sku WHERE l.order_no = k.order_no) AS declared_value,
       (SELECT m.currency FROM payments m WHERE m.order_no = k.order_no LIMIT 1) AS declared_value_currency,
       (SELECT group_concat(DISTINCT p.customs_description)
        FROM order_lines l JOIN products p ON p.sku = l.sku WHERE l.order_no = k.order_no) AS customs_description,
       r.partner        AS recipient,
       o.customer_id    AS subject_id,
       k.announced_at   AS opened_at,
       k.delivered_at   AS closed_at,
       k.changed_at     AS updated_at
FROM parcels k
JOIN carriers r ON r.carrier_id = k.carrier_id
JOIN orders o ON o.order_no = k.order_no
JOIN customers u ON u.customer_id = o.customer_id;

CREATE VIEW sharing_subscribers AS
SELECT s.subscription_id AS subscriber_id,
       u.email,
       s.given_name,
       s.language,
       s.list,
       s.since,
       'meridian-mail'   AS recipient,
       s.customer_id     AS subject_id,
       s.since           AS opened_at,
       s.ended_at        AS closed_at,
       s.changed_at      AS updated_at
FROM subscriptions s JOIN customers u ON u.customer_id = s.customer_id;

CREATE VIEW sharing_downloads AS
SELECT d.reference       AS download_reference,
       o.order_id,
       u.email,
       p.title,
       d.expires_at      AS expiry,
       'lantern-downloads' AS recipient,
       o.customer_id     AS subject_id,
       d.ready_at        AS opened_at,
       d.fetched_at      AS closed_at,
       d.changed_at      AS updated_at
FROM downloads d
JOIN orders o ON o.order_no = d.order_no
JOIN products p ON p.sku = d.sku
JOIN customers u ON u.customer_id = o.customer_id;

-- What people said about being written to: asked for each record at the moment it would leave.
-- topic: a list of policy.yaml, or a purpose; state: requested, soft_opt_in or opted_out.
CREATE VIEW sharing_preferences AS
SELECT customer_id AS subject_id,
       topic,
       state,
       changed_at
FROM preferences;

-- Pages and watches go by recipient and last change; departures by last change alone; expiry by opening.
CREATE INDEX orders_sharing ON orders (warehouse_id, changed_at, order_id);
CREATE INDEX orders_changed ON orders (changed_at, order_id);
CREATE INDEX orders_opened ON orders (warehouse_id, placed_at) WHERE finished_at IS NULL;
CREATE INDEX payments_sharing ON payments (processor_id, changed_at, payment_id);
CREATE INDEX payments_changed ON payments (changed_at, payment_id);
CREATE INDEX payments_opened ON payments (processor_id, created_at) WHERE settled_at IS NULL;
CREATE INDEX parcels_sharing ON parcels (carrier_id, changed_at, parcel_id);
CREATE INDEX parcels_changed ON parcels (changed_at, parcel_id);
CREATE INDEX parcels_opened ON parcels (carrier_id, announced_at) WHERE delivered_at IS NULL;
CREATE INDEX subscriptions_changed ON subscriptions (changed_at, subscription_id);
CREATE INDEX subscriptions_opened ON subscriptions (since) WHERE ended_at IS NULL;
CREATE INDEX downloads_changed ON downloads (changed_at, reference);
CREATE INDEX downloads_opened ON downloads (ready_at) WHERE fetched_at IS NULL;
-- Preferences go by person, which is their key, and by change.
CREATE INDEX preferences_changed ON preferences (changed_at, customer_id);
