// Expressions as people write them for shop and payment webhooks, at random and seeded: the payloads have schemas, so most
// expressions make sense; a few are given the wrong kind on purpose, to meet the errors.
import { makeRandom } from './differential_generator.mjs';

const pictures = ['"#,##0.00"', '"0.00"', '"#0.0#"', '"00000"', '"#,##0"', '"0%"', '"0.##"', '"#,##0.00;(#,##0.00)"', '"#.###,00"', '"0.0e0"', '"‰0"', '"#"', '"###,###,##0.0000"'];
const datePictures = ['"[Y0001]-[M01]-[D01]"', '"[D1o] [MNn] [Y0001]"', '"[FNn], [D] [MNn,3-3] [Y]"', '"[H01]:[m01]:[s01]"', '"[h]:[m01] [PN]"', '"[D01].[M01].[Y0001] [H#1]:[m01]"', '"[Y]-W[W01]-[F1]"', '"[d] of [Y]"', '"[dwo] day"', '"[YI] [Mi] [Dw]"', '"[Y01]/[M1]/[D1]"', '"[xNn] week [w]"', '"[H01][m01][s01].[f001][Z]"', '"[Z01:01]"', '"[z]"', '"[E] [C]"', '"[[x]][M01]"'];
const readPictures = [['"[Y0001]-[M01]-[D01]"', '"2026-03-11"'], ['"[D01]/[M01]/[Y0001] [H01]:[m01]"', '"07/12/2025 09:05"'], ['"[MNn] [D1o], [Y]"', '"March 3rd, 2024"'], ['"[D1] [MNn,3-3] [Y01]"', '"9 Feb 99"'], ['"[h]:[m01] [PN] [D]/[M]/[Y]"', '"3:07 PM 1/2/2020"'], ['"[Y]-[d001]"', '"2024-060"'], ['"[YI]"', '"MCMXCIX"'], ['"[Dw] [MNn] [Y]"', '"twenty-first May 2021"'], ['"[Y0001][M01][D01]T[H01][m01][s01][Z]"', '"20250311T081559+0200"'], ['"[H01]:[m01]"', '"23:59"'], ['"[Y0001]-[M01]-[D01]"', '"11.3.2026"'], ['"[X0001]-W[W01]-[F1]"', '"2024-W10-2"'], ['"[Yw]"', '"two thousand and nineteen"']];
const patterns = ['/[0-9]+/', '/^[A-Z]{2}-/', '/(\\w+)\\s(\\w+)/', '/\\s+/', '/[aeiou]/i', '/^(.)(.*)$/', '/-?\\d+(\\.\\d+)?/', '/@/', '/[^a-z]+/i', '/\\bH/', '/e$/', '/(H|V)\\w*/', '/a{1,2}/', '/[A-Z][a-z]*/', '/\\W/', '/.$/', '/^$/', '/(?:x|g)+/', '/ü|ö/', '/[ \\t]+/', '/\\d{3,}/', '/^\\d+$/', '/([A-Z])([A-Z])-(\\d)/', '/(\\d)(?=5)/', '/[\\w.]+@[\\w.]+/'];
const replacements = ['"-"', '""', '"$1"', '"$2 $1"', '"<$0>"', '"$$"', '"$10"', '"a$"', '"$3$2$1"', 'function($m) { $uppercase($m.match) }', 'function($m) { $string($m.start) & $join($m.groups) }'];

const address = { str: ['first_name', 'last_name', 'city', 'country', 'postcode', 'company'] };
const meta = { str: ['key', 'value'], num: ['id'] };
const schemas = {
  woo: { num: ['id', 'customer_id', '$number(total)', '$number(shipping_total)'], str: ['status', 'currency', 'number', 'total', 'customer_note', 'order_key'], bool: ['prices_include_tax'], date: ['date_created', 'date_paid'], missing: ['date_completed', 'refund', 'coupon'],
    obj: { billing: address, shipping: address },
    arr: { line_items: { num: ['id', 'price', 'quantity', 'product_id', '$number(total)'], str: ['name', 'sku', 'category', 'total'], missing: ['variation'], arr: { taxes: { num: ['id', '$number(total)'], str: ['total'] }, meta_data: meta } }, meta_data: meta, tax_lines: { str: ['label', 'rate_code'], num: ['id', '$number(tax_total)'] }, shipping_lines: { str: ['method_title', 'total'], num: ['id'] }, refunds: { num: ['id', 'amount'] } } },
  stripe: { num: ['created', 'data.object.amount', 'data.object.created', 'pending_webhooks'], str: ['id', 'type', 'api_version', 'data.object.currency', 'data.object.status'], bool: ['livemode', 'data.object.paid'], missing: ['data.previous_attributes', 'account'], date: [],
    obj: { 'data.object.billing_details.address': { str: ['city', 'country', 'line1'] }, 'data.object.metadata': { str: ['order_id', '`first-name`'] } },
    arr: { 'data.object.lines.data': { num: ['amount', 'quantity', 'price.unit_amount', 'period.start'], str: ['id', 'description', 'price.product'], bool: ['proration'], arr: { tax_amounts: { num: ['amount'], bool: ['inclusive'] } }, obj: { price: { num: ['unit_amount'], str: ['currency', 'product'] } } }, 'data.object.refunds.data': { num: ['amount'], str: ['reason'] } } },
  paypal: { num: ['$number(resource.amount.value)', '$number(resource.seller_receivable_breakdown.paypal_fee.value)'], str: ['id', 'event_type', 'summary', 'resource.amount.currency_code', 'resource.custom_id'], date: ['create_time', 'resource.create_time'], bool: ['resource.final_capture'], missing: ['resource.payer'],
    obj: { 'resource.amount': { str: ['currency_code', 'value'] } },
    arr: { links: { str: ['href', 'rel', 'method'] }, 'resource.purchase_units': { str: ['reference_id'], num: ['$number(amount.value)'], arr: { items: { str: ['name', 'sku', 'quantity', 'unit_amount.value'], num: ['$number(quantity)', '$number(unit_amount.value)'] } } } } },
};

const line = (i, name, sku, price, quantity, category, taxes) => ({ id: i, name, product_id: 10 + i % 4, quantity, sku, category, price, total: (price * quantity).toFixed(2), taxes: taxes.map((t, k) => ({ id: k, total: t })), meta_data: i % 2 ? [{ id: i, key: 'size', value: 'L' }] : [] });
const person = (first_name, last_name, city, country) => ({ first_name, last_name, company: '', city, country, postcode: '0' + city.length + '115' });
const woo = (id, lines, more = {}) => ({ id, status: 'processing', currency: 'EUR', number: String(id), total: lines.reduce((a, l) => a + l.price * l.quantity, 0).toFixed(2), shipping_total: '4.90', customer_id: id % 7, customer_note: 'Please ring twice', order_key: 'wc_order_' + id, prices_include_tax: true, date_created: '2026-03-11T08:15:00', date_paid: '2026-03-29T01:30:00Z', date_completed: null, billing: person('Zoë', 'Müller', 'Berlin', 'DE'), shipping: person('Ada', "O'Hara", 'New York', 'US'), meta_data: [{ id: 1, key: '_vat', value: 'DE1' }, { id: 2, key: 'gift', value: 'yes' }], line_items: lines, tax_lines: [{ id: 1, rate_code: 'DE-VAT', label: 'VAT', tax_total: '61.50' }], shipping_lines: [{ id: 2, method_title: 'Flat rate', total: '4.90' }], refunds: [], ...more });
const lines = [line(1, 'Honey jar 500 g', 'HJ-17', 8.9, 2, 'food', ['3.20', '1.1']), line(2, 'Bee wax candle', 'WX-5', 25.05, 1, 'home', ['4.76']), line(3, 'Hive tool', 'sm-300', 12.5, 3, 'tools', []), line(4, 'Gloves L', 'HT-41', 19.99, 1, 'tools', ['0.00']), line(5, 'Honey jar 500 g', 'HJ-17', 8.9, 1, 'food', ['1.6'])];
export const shopPayloads = [
  { schema: 'woo', data: woo(1001, lines) },
  { schema: 'woo', data: woo(7, lines.slice(1, 2), { customer_note: '', total: '-3', prices_include_tax: false, refunds: [{ id: 9, amount: -2.5 }], meta_data: [] }) },
  { schema: 'woo', data: [woo(1, lines.slice(0, 2)), woo(2, lines.slice(2), { status: 'pending', currency: 'USD' }), woo(3, [])] },
  { schema: 'stripe', data: { id: 'evt_1', object: 'event', api_version: '2023-10-16', created: 1741680959, livemode: false, pending_webhooks: 1, type: 'invoice.paid', data: { object: { id: 'in_1', amount: 5935, created: 1741680900, currency: 'eur', paid: true, status: 'paid', billing_details: { address: { city: 'Lyon', country: 'FR', line1: null } }, metadata: { order_id: '6735', 'first-name': 'Mei' }, lines: { data: [{ id: 'il_1', amount: 2500, quantity: 1, description: '1 × Pro (at €25.00 / month)', proration: false, period: { start: 1741680000, end: 1744358400 }, price: { unit_amount: 2500, currency: 'eur', product: 'prod_A' }, tax_amounts: [{ amount: 399, inclusive: true }, { amount: 0, inclusive: false }] }, { id: 'il_2', amount: -350, quantity: 2, description: 'Unused time', proration: true, period: { start: 1741680001 }, price: { unit_amount: -175, currency: 'eur', product: 'prod_B' }, tax_amounts: [] }] }, refunds: { data: [] } } } } },
  { schema: 'paypal', data: { id: 'WH-1', create_time: '2025-12-31T23:59:59.999Z', event_type: 'PAYMENT.CAPTURE.COMPLETED', summary: 'Payment completed for $ 57.00 USD', links: [{ href: 'https://api.paypal.com/v1/x', rel: 'self', method: 'GET' }, { href: 'https://api.paypal.com/v1/y?a=1&b=2', rel: 'resend', method: 'POST' }], resource: { id: '0EX', final_capture: true, custom_id: '', create_time: '2024-02-29T12:00:00-05:00', amount: { currency_code: 'USD', value: '57.00' }, seller_receivable_breakdown: { paypal_fee: { value: '2.48' } }, purchase_units: [{ reference_id: 'default', amount: { value: '57.00' }, items: [{ name: 'Veil', sku: '12-a', quantity: '3', unit_amount: { value: '19.00' } }] }, { reference_id: 'b', amount: { value: '1e2' }, items: { name: 'one', sku: 'x', quantity: '1', unit_amount: { value: '0.1' } } }] } } },
];

export function makeShopGenerator(seed) {
  const { random, pick, chance } = makeRandom(seed);
  const integer = (a, b) => a + Math.floor(random() * (b - a + 1));
  const some = (schema, kind) => schema[kind]?.length ? pick(schema[kind]) : undefined;
  let fresh = 0;

  const number = (c, d) => {
    if (d <= 0 || chance(0.35)) return some(c, 'num') ?? pick(['0', '1', '2.5', '100', '-3']);
    return pick([
      () => `${number(c, d - 1)} ${pick(['+', '-', '*', '/', '%'])} ${number(c, d - 1)}`, () => `(${number(c, d - 1)} ${pick(['+', '-', '*'])} ${number(c, d - 1)})`,
      () => `$round(${number(c, d - 1)}${chance(0.7) ? ', ' + integer(-1, 3) : ''})`, () => `$${pick(['abs', 'floor', 'ceil'])}(${number(c, d - 1)})`, () => `-${some(c, 'num') ?? '4'}`,
      () => { const l = list(c, d - 1); return `$${pick(['sum', 'max', 'min', 'average'])}(${l.expr}.(${number(l.item, d - 1)}))`; },
      () => { const l = list(c, d - 1); const n = some(l.item, 'num') ?? 'id'; return `$sum(${l.expr}.${n.startsWith('$') ? `(${n})` : n})`; },
      () => `$count(${list(c, d - 1).expr})`, () => `$length(${text(c, d - 1)})`, () => `$power(${number(c, 0)}, ${integer(0, 3)})`, () => `$number(${text(c, 0)})`, () => `$number(${pick(['"12.50"', '"0x1F"', '" 3"', '"1e3"', '"abc"', '"-0"', 'true'])})`,
      () => { const l = list(c, d - 1); return `$reduce(${l.expr}.(${number(l.item, 0)}), function($a, $b) { $a ${pick(['+', '*', '-'])} $b }${chance(0.4) ? ', ' + integer(0, 9) : ''})`; },
      () => `$toMillis(${date(c)})`, () => `(${bool(c, d - 1)} ? ${number(c, d - 1)} : ${number(c, d - 1)})`, () => `($v${++fresh} := ${number(c, d - 1)}; $v${fresh} ${pick(['*', '+'])} 2)`, () => `$parseInteger(${pick(['"twelve thousand, four hundred and seventy-six"', '"MMXXVI"', '"12,345"', '"ab"', '"1st"'])}, ${pick(['"w"', '"I"', '"#,##0"', '"a"', '"1;o"'])})`,
      () => { const [picture, written] = pick(readPictures); return `$toMillis(${written}, ${picture})`; }, () => `(${some(c, 'missing') ?? 'nope'} ?? ${number(c, d - 1)})`, () => `$sqrt(${number(c, d - 1)})`,
    ])();
  };
  const text = (c, d) => {
    if (d <= 0 || chance(0.3)) return some(c, 'str') ?? pick(['"x"', '"Straße"']);
    return pick([
      () => `${text(c, d - 1)} & " " & ${any(c, d - 1)}`, () => `"#" & ${number(c, d - 1)} & ": " & ${text(c, d - 1)} & "."`, () => `$${pick(['uppercase', 'lowercase', 'trim', 'string'])}(${text(c, d - 1)})`,
      () => `$substring(${text(c, d - 1)}, ${integer(-4, 5)}${chance(0.6) ? ', ' + integer(-1, 6) : ''})`, () => `$substring${pick(['Before', 'After'])}(${text(c, d - 1)}, ${pick(['" "', '"-"', '"@"', '""', '"ü"'])})`,
      () => `$pad(${text(c, d - 1)}, ${integer(-12, 12)}${chance(0.6) ? ', ' + pick(['"0"', '"#-"', '""', '"é"']) : ''})`, () => `$replace(${text(c, d - 1)}, ${chance(0.7) ? pick(patterns) : pick(['"e"', '" "', '"."'])}, ${pick(replacements)}${chance(0.3) ? ', ' + integer(0, 2) : ''})`,
      () => { const l = list(c, d - 1); return `$join(${l.expr}.(${text(l.item, d - 1)})${chance(0.8) ? ', ' + pick(['", "', '""', '" | "']) : ''})`; },
      () => `$formatNumber(${number(c, d - 1)}, ${pick(pictures)}${chance(0.15) ? ', {"decimal-separator": ",", "grouping-separator": "."}' : ''})`, () => `$formatInteger(${pick([number(c, 0), String(integer(-20, 4000))])}, ${pick(['"w"', '"W"', '"Ww"', '"I"', '"i"', '"A"', '"a"', '"w;o"', '"Ww;o"', '"1;o"', '"#,##0"', '"0000"', '"#:##0;o"', '"٠"'])})`, () => `$formatBase(${number(c, 0)}, ${integer(2, 36)})`,
      () => `$fromMillis(${chance(0.5) ? `$toMillis(${date(c)})` : String(integer(-3e12, 4e12))}${chance(0.8) ? ', ' + pick(datePictures) + (chance(0.3) ? ', ' + pick(['"+0100"', '"-0500"', '"0000"', '"+1345"']) : '') : ''})`,
      () => `(${bool(c, d - 1)} ? ${text(c, d - 1)}${chance(0.7) ? ` : ${text(c, d - 1)}` : ''})`, () => `$string(${any(c, d - 1)}${chance(0.2) ? ', true' : ''})`, () => `$type(${any(c, d - 1)})`, () => `(${some(c, 'missing') ?? 'nope'} ?: ${text(c, d - 1)})`, () => `$encodeUrlComponent(${text(c, d - 1)})`, () => `$${pick(['encodeUrl', 'decodeUrl', 'base64encode', 'decodeUrlComponent'])}(${text(c, 0)})`, () => `(${text(c, d - 1)} ~> $uppercase ~> $substring(?, 0, 3))`, () => `$lookup(${object(c, d - 1)}, ${text(c, 0)})`,
    ])();
  };
  const date = c => some(c, 'date') ?? pick(['"2026-03-11"', '"2024-02-29T23:00:00+02:00"', '"1969-12-31T00:00:00.5Z"', '"2025-06-01T10:00:00"', '"2025"', '"x"']);
  const bool = (c, d) => {
    if (d <= 0 || chance(0.25)) return some(c, 'bool') ?? pick(['true', 'false']);
    return pick([
      () => `${number(c, d - 1)} ${pick(['<', '<=', '>', '>=', '=', '!='])} ${number(c, d - 1)}`, () => `${text(c, d - 1)} ${pick(['=', '!=', '<', '>='])} ${chance(0.5) ? pick(['"EUR"', '"processing"', '"food"', '"HJ-17"', '"size"']) : text(c, d - 1)}`, () => `(${bool(c, d - 1)} ${pick(['and', 'or'])} ${bool(c, d - 1)})`, () => `$not(${any(c, d - 1)})`, () => `$exists(${any(c, d - 1)})`, () => `$contains(${text(c, d - 1)}, ${chance(0.6) ? pick(patterns) : pick(['"e"', '"-"', '""'])})`, () => `${text(c, d - 1)} in ${pick(['["EUR", "USD"]', '["food", "tools"]', 'tags', '"EUR"'])}`, () => { const l = list(c, d - 1); return `${pick(['"food"', '2', '"size"', '1'])} in ${l.expr}.(${any(l.item, 0)})`; }, () => `$boolean(${any(c, d - 1)})`,
    ])();
  };
  /// A path to items, with the schema of one item.
  const list = (c, d) => {
    const names = Object.keys(c.arr ?? {});
    if (!names.length) return { expr: pick(['[1, 2, 3]', 'tags', '[]', '$', '[1..4]']), item: {} };
    const name = pick(names), item = { ...c.arr[name], parent: c };
    let expr = name;
    if (d > 0) expr += pick([() => '', () => '', () => `[${bool(item, d - 1)}]`, () => `[${number(item, 0)} ${pick(['>', '<'])} ${integer(0, 20)}]`, () => `[${integer(-2, 3)}]`, () => `[[${integer(0, 1)}, ${integer(1, 3)}]]`, () => `[[0..${integer(0, 2)}]]`, () => '[]', () => `^(${terms(item, d - 1)})`, () => `^(${terms(item, d - 1)})[${integer(0, 1)}]`, () => `[${text(item, 0)} = ${text(item, 0)}]`])();
    const deeper = Object.keys(item.arr ?? {});
    if (deeper.length && chance(0.3)) { const inner = pick(deeper); return { expr: `${expr}.${inner}`, item: { ...item.arr[inner], parent: item } }; }
    return { expr, item };
  };
  const terms = (item, d) => Array.from({ length: integer(1, 2) }, () => pick(['', '>', '<']) + (chance(0.6) ? (some(item, chance(0.5) ? 'num' : 'str') ?? 'id') : chance(0.5) ? number(item, d) : text(item, d))).join(', ');
  const object = (c, d) => {
    if (d <= 0) return pick(['{"a": 1, "b": "x"}', ...Object.keys(c.obj ?? {})]);
    return pick([
      () => `{"customer": ${text(c, d - 1)}, "value": ${number(c, d - 1)}, "ok": ${bool(c, d - 1)}, "gone": ${some(c, 'missing') ?? 'nope'}}`, () => { const l = list(c, d - 1); return `${l.expr}{${text(l.item, 0)}: ${pick([() => number(l.item, 0), () => `$sum(${some(l.item, 'num') ?? 'id'})`, () => '$count($)', () => text(l.item, 0), () => '$'])()}}`; },
      () => `$merge([${object(c, d - 1)}, ${object(c, d - 1)}])`, () => { const l = list(c, d - 1); return `$merge(${l.expr}.{${text(l.item, 0)}: ${any(l.item, d - 1)}})`; }, () => `$sift(${object(c, d - 1)}, function($v, $k${chance(0.3) ? ', $o' : ''}) { ${pick(['$k != "a"', '$type($v) = "string"', '$length($k) > 4', '$v'])} })`,
      () => `${object(c, d - 1)} ~> |$|{${pick(['"x": 1', `"n": ${text(c, 0)}`, '"a": null'])}}${chance(0.4) ? ', ' + pick(['"a"', '["city", "b"]']) : ''}|`, () => { const name = pick(Object.keys(c.arr ?? { a: 1 })); return `$ ~> |${name}|{"z": ${number(c.arr?.[name] ?? {}, 0)}}${chance(0.5) ? ', ["taxes", "meta_data", "tax_amounts"]' : ''}|`; }, () => { const l = list(c, d - 1); return `${l.expr}[0]`; }, () => `(${object(c, d - 1)}).*`, () => `{${text(c, 0)}: ${any(c, d - 1)}, "fix": ${any(c, d - 1)}}`,
    ])();
  };
  const function1 = (item, d) => pick([() => `function($i) { $i.(${any(item, d)}) }`, () => `function($i, $n) { {"n": $n, "v": $i.(${any(item, d - 1)})} }`, () => `function($i, $n, $a) { $n = 0 ? $count($a) : $i.(${number(item, 0)}) }`, () => `λ($i) { $i.${(some(item, 'str') ?? 'id').replace(/^\$.*/, 'id')} }`, () => '$string', () => '$keys', () => '$exists', () => '$spread', () => `$lookup(?, ${pick(['"id"', '"name"', '"key"'])})`, () => `function($i) <o:x> { $i.(${any(item, 0)}) }`])();
  const any = (c, d) => {
    if (chance(0.03)) return pick(['null', '[]', '{}', '$', '"7"', 'nope', '*', '**', 'true', '[[1], 2]']);
    if (chance(0.05) && c.parent) return `%.(${any({ ...c.parent }, d - 1)})`;
    if (d <= 0) return pick([() => number(c, 0), () => text(c, 0), () => some(c, 'bool') ?? '1', () => some(c, 'missing') ?? 'nope'])();
    return pick([() => number(c, d), () => text(c, d), () => bool(c, d), () => object(c, d), () => object(c, d), () => shaped(c, d), () => shaped(c, d)])();
  };
  /// Lists of something.
  const shaped = (c, d) => {
    const l = list(c, d - 1), i = l.item, p = d - 1;
    return pick([
      () => `${l.expr}.{"a": ${any(i, p)}, "b": ${any(i, p)}}`, () => `[${l.expr}.(${any(i, p)})]`, () => `${l.expr}.[${any(i, p)}, ${any(i, p)}]`, () => `$map(${l.expr}, ${function1(i, p)})`, () => `$filter(${l.expr}, function($x${chance(0.4) ? ', $n' : ''}) { $x.(${bool(i, p)}) })`, () => `$single(${l.expr}, function($x) { $x.(${bool(i, p)}) })`, () => `$sort(${l.expr}, function($a, $b) { $a.(${number(i, 0)}) > $b.(${number(i, 0)}) })`, () => `$sort(${l.expr}.(${chance(0.5) ? number(i, 0) : text(i, 0)}))`, () => `$distinct(${l.expr}.(${any(i, 0)}))`, () => `$reverse(${l.expr})`, () => `$append(${l.expr}.(${any(i, 0)}), ${list(c, 0).expr}.(${any(i, 0)}))`, () => `$zip(${l.expr}.(${any(i, 0)}), [1..3])`, () => `$each(${object(c, p)}, function($v, $k) { $k & "=" & $string($v) })`, () => `$keys(${object(c, p)})`, () => `$spread(${object(c, p)})`, () => `$split(${text(c, p)}, ${chance(0.5) ? pick(patterns) : pick(['" "', '""', '"-"'])}${chance(0.3) ? ', ' + integer(0, 3) : ''})`, () => `$match(${text(c, p)}, ${pick(patterns)}${chance(0.3) ? ', ' + integer(0, 2) : ''})`, () => `${l.expr}#$n.{"n": $n, "v": ${any(i, 0)}}`, () => `${l.expr}@$x.{"v": $x.(${any(i, 0)}), "w": ${any(c, 0)}}`, () => { const m = list(c, 0); return `${l.expr}@$x.${m.expr}@$y[$x.(${text(i, 0)}) ${pick(['=', '!='])} $y.(${text(m.item, 0)})].{"x": $x.(${any(i, 0)}), "y": $y.(${any(m.item, 0)})}`; }, () => `${l.expr}.(${any(i, p)}; ${any(i, p)})`, () => `(${l.expr}.(${number(i, 0)}) ~> $sum) / $count(${l.expr})`, () => `(${l.expr} ~> $map(function($q) { $q.(${any(i, 0)}) }) ~> $filter(function($q) { $q != 1 }))`, () => `**.${pick(['total', 'id', 'value', 'name', 'amount'])}`, () => `${l.expr}.*`, () => `${l.expr}.%.(${any(c, 0)})`, () => `($f := function($n) { $n <= 1 ? 1 : $n * $f($n - 1) }; $f(${integer(0, 9)}))`, () => `($g := function($n, $acc) { $n = 0 ? $acc : $g($n - 1, $append($acc, $n)) }; $g(${integer(0, 20)}, []))`, () => `${l.expr}[]`, () => `[${integer(0, 3)}..${integer(2, 6)}].($ * ${number({}, 0)})`, () => `(${l.expr}.(${any(i, 0)}))[${integer(-1, 2)}]`, () => `$map($split(${text(c, 0)}, ""), $uppercase)`,
    ])();
  };
  return { expression: schema => { fresh = 0; return any(schemas[schema], 1 + integer(0, 3)); } };
}
