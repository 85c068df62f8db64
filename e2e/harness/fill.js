// A business with something of everything, for pages that have to be looked at: every state there is,
// more rows than fit on a page, three currencies, and names that test how much room there is.

const DAY_MS = 24 * 3600 * 1000;

/** Those who take their invitation, and the status that each is in afterwards. */
export const PEOPLE = {
  maya: { name: 'Maya Okonkwo', email: 'maya@growth-letters.example', status: 'approved' },
  /** Has brought nobody yet. */
  nova: { name: 'Nova Reyes', email: 'nova@reyes.example', status: 'approved' },
  simon: { name: 'Simon Achterberg', email: 'simon@achterberg.example', status: 'suspended' },
  pia: { name: 'Pia Ruiz', email: 'pia@ruiz.example', status: 'pending' },
  theo: { name: 'Theo Brandt', email: 'theo@brandt.example', status: 'terminated' },
};

const LONG_NAME = 'Bartholomäus-Maximilian Freiherr von Hohenstaufen-Wittelsbach & Partners Performance Marketing';
const LONG_CODE = 'the-longest-code-that-a-link-can-have-'.padEnd(64, '0');
const LONG_EMAIL = 'bartholomaeus.maximilian.von.hohenstaufen-wittelsbach@performance-marketing-partners.example';
const CUSTOMERS = [
  'Ada Lindqvist', 'Bo Petersen', 'Chidi Eze', 'Dana Wójcik', 'Emre Kaya', 'Farah Haddad', 'Gil Moreau', 'Hana Sato',
  'Ivo Marković', 'Jun Park', 'Kemal Aydın', 'Lotte de Vries', LONG_NAME, 'Noor Rahman',
];

/** Fills the server's business; gives the ids that pages are opened with. */
export async function fill(server) {
  const post = (path, body = {}) => server.api('POST', path, body);
  const daysAgo = (days) => new Date(Date.now() - days * DAY_MS - 3_600_000).toISOString();

  const standard = await post('/groups', {
    name: 'Standard', region: 'Europe', note: 'Everybody begins here.', minimum_payout: [{ amount: 1000, currency: 'USD' }],
  });
  const vip = await post('/groups', {
    name: 'VIP', payout_frequency: 'weekly', minimum_payout: [{ amount: 500, currency: 'USD' }, { amount: 500, currency: 'EUR' }],
  });
  const pro = await post('/campaigns', {
    name: 'Agency Pro, annual', destination_url: 'https://shop.example.com/pro', hosts: ['blog.example.com'],
    description: 'Say what you use it for.\nDo not bid on our name.',
  });
  const starter = await post('/campaigns', {
    name: 'Starter trial for agencies, studios and everybody else who works alone', destination_url: 'https://shop.example.com/starter',
    cookie_days: 90, attribution: 'first_click', starts_at: daysAgo(80), ends_at: daysAgo(-80),
  });
  const over = await post('/campaigns', { name: 'Black Friday', destination_url: 'https://shop.example.com/sale' });

  const since = { effective_from: daysAgo(100) };
  const rule = await post('/rules', { ...since, name: 'Everybody', reward: { percent_ppm: 200_000 } });
  await post('/rules', { ...since, scope: { group_id: vip.id }, reward: { percent_ppm: 300_000 }, hold_days: 30 });
  await post('/rules', {
    ...since, scope: { campaign_id: starter.id }, trigger: { on: 'lead', event: 'registration' },
    reward: { fixed: { amount: 250, currency: 'USD' } }, auto_approve: true,
  });
  const tiers = await post('/rules', {
    ...since,
    scope: { campaign_id: over.id, group_id: standard.id },
    conditions: { all: [{ field: 'customer_country', op: 'in', value: ['DE', 'FR'] }] },
    reward: {
      tiers: {
        metric: 'revenue', period: 'month', mode: 'graduated',
        bands: [{ from: 0, percent_ppm: 100_000 }, { from: 100_000, percent_ppm: 200_000 }],
      },
    },
    caps: { per_event: 20_000 }, levels: [{ ppm: 50_000, of: 'base' }],
  });

  const { maya: mayaIs, ...others } = PEOPLE;
  const maya = await post('/affiliates', {
    ...mayaIs, group_id: standard.id, company: 'Growth Letters',
    phone: '+44 20 7946 0018', website: 'https://growth-letters.example', country: 'GB', traffic_source: 'Newsletter',
    deal_type: 'revenue_share', note: 'Asks for banners in May.', tags: ['newsletter', 'top'],
  });
  const long = await post('/affiliates', {
    name: LONG_NAME, email: LONG_EMAIL, status: 'approved', group_id: vip.id, parent_id: maya.id,
    tags: ['a-tag-that-is-much-longer-than-tags-are', 'second', 'third'],
  });
  const people = { maya };
  for (const [who, { name, email }] of Object.entries(others)) {
    people[who] = await post('/affiliates', { name, email, status: 'approved', group_id: standard.id });
  }
  const { nova, simon, pia, theo } = people;
  // So many that the list has a second page; three of them take part in something.
  for (let number = 1; number <= 22; number += 1) {
    const affiliate = { name: `Partner ${number}`, email: `partner-${number}@partners.example`, status: 'approved' };
    const { id } = await post('/affiliates', affiliate);
    if (number <= 3) await post(`/campaigns/${pro.id}/partnerships`, { affiliate_id: id });
  }

  const join = (campaign, affiliate, code) => post(`/campaigns/${campaign.id}/partnerships`, { affiliate_id: affiliate.id, code });
  const partnership = await join(pro, maya, 'maya-pro');
  await join(starter, maya, 'maya-start');
  await join(over, maya, 'maya-friday');
  await join(pro, long, LONG_CODE);
  await join(starter, nova, 'nova');
  await join(pro, simon, 'simon');
  await join(pro, pia, 'pia');
  await join(pro, theo, 'theo');

  for (const [code, clicks] of [['maya-pro', 40], ['maya-start', 12], ['maya-friday', 5], ['simon', 8]]) {
    for (let click = 0; click < clicks; click += 1) {
      await post('/track/click', { code, user_agent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0', sub_ids: { sub1: 'may' } });
    }
  }

  const lead = (code, number, days) => post('/track/lead', {
    external_id: `lead-${number}`, code, occurred_at: daysAgo(days),
    customer: { external_id: `cus-${number}`, name: CUSTOMERS[number], email: `customer-${number}@customers.example` },
  });
  const sale = (code, number, days, amount, currency = 'USD') => post('/track/sale', {
    external_id: `order-${number}-${days}`, customer_external_id: `cus-${number}`, code, amount, currency, occurred_at: daysAgo(days),
  });

  // Two that wait, after many that were decided.
  for (let number = 0; number < 11; number += 1) {
    const code = ['maya-pro', 'maya-start', 'simon'][number % 3];
    await lead(code, number, 50 - number);
    await sale(code, number, 45 - number, 4900 + 700 * number);
  }
  await sale('maya-pro', 0, 20, 118_800);
  await sale('maya-pro', 3, 15, 9_900, 'EUR');
  await sale('maya-pro', 6, 14, 12_000, 'JPY');
  await lead('maya-friday', 11, 12);
  await sale(LONG_CODE, 12, 9, 123_456_789);
  await lead('maya-pro', 13, 2);

  const all = async (path) => (await server.api('GET', `${path}${path.includes('?') ? '&' : '?'}limit=200`)).data;
  const referrals = (await all('/referrals')).filter(({ status }) => status === 'pending');
  const undecided = referrals.filter(({ affiliate_id }) => affiliate_id !== long.id).slice(0, 3).map(({ id }) => id);
  const rejected = referrals.find(({ id, affiliate_id }) => affiliate_id === simon.id && !undecided.includes(id));
  await post(`/referrals/${rejected.id}/reject`, { reason: 'The order was a test of ours.' });
  for (const { id } of referrals) {
    if (id !== rejected.id && !undecided.includes(id)) await post(`/referrals/${id}/approve`);
  }
  await post('/track/cancel', { customer_external_id: 'cus-9' });
  await post('/track/refund', { external_id: 'refund-part', sale_external_id: 'order-1-44', amount: 2000, reason: 'A part came back.' });

  const commissions = await all('/commissions');
  const ofMaya = commissions.filter(({ affiliate_id, currency }) => affiliate_id === maya.id && currency === 'USD');
  const approvable = ofMaya.filter(({ referral_id, status }) => status === 'pending' && !undecided.includes(referral_id)
    && referral_id !== rejected.id);
  await post(`/commissions/${approvable[0].id}/adjust`, { amount: 150, note: 'For the second newsletter.' });
  await post(`/commissions/${approvable.at(-1).id}/reject`, { reason: 'The customer never paid.' });
  const foreign = commissions.filter(({ currency }) => currency !== 'USD');
  await post('/commissions/approve', { ids: [...approvable.slice(0, 3), ...foreign].map(({ id }) => id) });
  const bonus = await post('/commissions', { affiliate_id: maya.id, amount: 2500, currency: 'USD', note: 'For a talk at our meeting.' });

  // A payout of each kind, and drafts of the other currencies.
  const made = async (affiliate) => {
    const { data } = await post('/payouts', { affiliate_id: affiliate.id });
    return data.find(({ currency }) => currency === 'USD');
  };
  const cancelled = await made(maya);
  await post(`/payouts/${cancelled.id}/cancel`);
  const paid = await made(maya);
  await post(`/payouts/${paid.id}/mark-paid`, { method: 'wise', reference: 'WIRE-1', note: 'Together with May.' });
  const refunded = (await all('/events')).find(({ id }) => id === approvable[0].event_id);
  await post('/track/refund', { external_id: 'refund-paid', sale_external_id: refunded.external_id });
  await post('/commissions', { affiliate_id: maya.id, amount: 40_000, currency: 'USD', note: 'Bonus of the quarter.' });
  const pending = await made(maya);
  await post(`/payouts/${pending.id}/approve`);
  await post('/commissions', { affiliate_id: simon.id, amount: 1_200, currency: 'USD', note: 'A correction.' });
  const draft = await made(simon);
  await post('/commissions', { affiliate_id: theo.id, amount: 5000, currency: 'USD', note: 'What was left.' });
  await post(`/payouts/${(await made(theo)).id}/mark-paid`, { reference: 'WIRE-2' });
  const approved = await post('/commissions', { affiliate_id: maya.id, amount: 300, currency: 'USD', note: 'Postage.' });
  await server.api('PATCH', `/campaigns/${over.id}`, { active: false });

  const waiting = await all('/commissions?status=pending');
  const customers = await all('/customers');
  return {
    affiliate: maya.id, longAffiliate: long.id,
    people: Object.fromEntries(Object.entries(people).map(([who, { id }]) => [who, id])),
    group: standard.id, campaign: pro.id, offCampaign: over.id, partnership: partnership.id, rule: rule.id, tiers: tiers.id,
    referral: undecided[0], rejectedReferral: rejected.id,
    commission: waiting[0].id, heldCommission: waiting.find(({ affiliate_id }) => affiliate_id === long.id).id,
    paidCommission: approvable[0].id, bonus: bonus.id, approvedCommission: approved.id,
    payout: paid.id, openPayout: pending.id, draftPayout: draft.id, cancelledPayout: cancelled.id,
    customer: customers.find(({ external_id }) => external_id === 'cus-0').id,
    cancelledCustomer: customers.find(({ external_id }) => external_id === 'cus-9').id,
  };
}
