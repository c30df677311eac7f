"""The tables of a ledger, version by version."""

from __future__ import annotations

APPLICATION_ID = 0x436F536B  # "CoSk"

VERSION_1 = """
create table realm(name text not null);
create table record(
  sequence integer primary key, handle blob not null unique, peer text not null,
  kind text not null, node text not null, envelope blob not null, nonce blob, content blob);
create index record_alert on record(kind) where kind in (
  'conjunction', 'event', 'warning', 'retraction', 'notice', 'claim');
create table used(handle blob not null, sequence integer not null,
  primary key(handle, sequence)) without rowid;
create table link(handle blob not null, relation text not null, sequence integer not null,
  primary key(handle, relation, sequence)) without rowid;
create table head(kind text not null, node text not null, subject integer not null,
  label blob not null, said integer not null, sequence integer not null,
  primary key(kind, node, subject, label, said, sequence)) without rowid;
create table withdrawn(handle blob primary key, retraction blob not null, node text not null,
  at integer not null) without rowid;
create index withdrawn_when on withdrawn(node, at);
create table outgoing_log(recipient text primary key, origin text not null unique,
  size integer not null, frontier blob not null, checkpoint blob not null,
  checkpoint_size integer not null) without rowid;
create table outgoing(recipient text not null, place integer not null, handle blob not null,
  entry blob not null, nonce blob, content blob, own integer not null, level text not null,
  rule text not null, agreement text not null, sent integer not null,
  primary key(recipient, place)) without rowid;
create index outgoing_handle on outgoing(handle);
create table incoming_log(peer text primary key, origin text not null, size integer not null,
  frontier blob not null, checkpoint blob not null) without rowid;
create table quarantine(peer text not null, place integer not null, reason text not null,
  entry blob not null, primary key(peer, place)) without rowid;
create table receipt(recipient text not null, size integer not null, note blob not null,
  primary key(recipient, size)) without rowid;
create table derived(key blob primary key, inputs blob not null, value blob not null)
  without rowid;
create table derived_input(handle blob not null, key blob not null,
  primary key(handle, key)) without rowid;
create table cursor(name text primary key, sequence integer not null) without rowid;
"""

# Each brings a ledger from the version before; none is ever changed once it is released.
MIGRATIONS = (VERSION_1,)
