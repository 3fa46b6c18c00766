PRAGMA user_version = 7;
BEGIN TRANSACTION;
CREATE TABLE attempts (
    run_id TEXT NOT NULL, step TEXT NOT NULL, attempt INTEGER NOT NULL, queue TEXT NOT NULL,
    fence INTEGER NOT NULL DEFAULT 0, owner TEXT NOT NULL DEFAULT '', until INTEGER NOT NULL DEFAULT 0,
    stopping INTEGER NOT NULL DEFAULT 0, sent INTEGER NOT NULL, PRIMARY KEY (run_id, step)
) WITHOUT ROWID;
CREATE TABLE awaits (
    type TEXT NOT NULL, key TEXT NOT NULL, run_id TEXT NOT NULL, PRIMARY KEY (type, key, run_id)
) WITHOUT ROWID;
INSERT INTO "awaits" VALUES('#approve','','asked');
INSERT INTO "awaits" VALUES('sms.received','00000000:e928d9fa4b3aab76c4ac6fd05c6b67fb','done');
CREATE TABLE cached_results (
    key TEXT PRIMARY KEY, run_id TEXT NOT NULL, version TEXT NOT NULL, step TEXT NOT NULL, at INTEGER NOT NULL,
    until INTEGER NOT NULL, outcome TEXT NOT NULL, rest TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE claims (
    ticket INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, run_id TEXT NOT NULL,
    step TEXT NOT NULL, slots INTEGER NOT NULL DEFAULT 1, taken INTEGER NOT NULL DEFAULT 0,
    asked INTEGER NOT NULL DEFAULT 0, rank INTEGER NOT NULL DEFAULT 0,
    queue TEXT NOT NULL DEFAULT '', rate INTEGER, per INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE firings (
    number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, occurrence TEXT NOT NULL,
    came INTEGER NOT NULL, at INTEGER, state TEXT NOT NULL DEFAULT 'new',
    bunch TEXT NOT NULL DEFAULT '', first INTEGER NOT NULL DEFAULT 0,
    pool TEXT NOT NULL DEFAULT '', granted INTEGER, run_id TEXT NOT NULL DEFAULT ''
);
CREATE TABLE heartbeats (
    run_id TEXT NOT NULL, step TEXT NOT NULL, details TEXT NOT NULL, PRIMARY KEY (run_id, step)
) WITHOUT ROWID;
CREATE TABLE inbox (
    id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, data TEXT NOT NULL, came INTEGER NOT NULL,
    taken_by TEXT, until INTEGER
);
INSERT INTO "inbox" VALUES('e1','sms.received','{"n": 2}',1800021600000,'listening',1802613600000);
INSERT INTO "inbox" VALUES('e2','sms.received','{"n": 99}',1800021600000,NULL,1802613600000);
CREATE TABLE journal (
    run_id TEXT NOT NULL, seq INTEGER NOT NULL, line TEXT NOT NULL, position INTEGER,
    PRIMARY KEY (run_id, seq)
) WITHOUT ROWID;
INSERT INTO "journal" VALUES('asked',1,'{"":"RunStarted","v":1,"at":1800000000000,"run_id":"asked","version":"ab40c38d12a92b05b48e9ec2bd182e489e26b4227ce4285a21760d7d75a43bac","input":{},"requester":"jo"}',21);
INSERT INTO "journal" VALUES('asked',2,'{"":"StepStarted","v":1,"at":1800000000000,"step":"a","arguments":{"n":1}}',22);
INSERT INTO "journal" VALUES('asked',3,'{"":"StepEnded","v":1,"at":1800000000000,"step":"a","output":{"n":2}}',23);
INSERT INTO "journal" VALUES('asked',4,'{"":"StepStarted","v":1,"at":1800000000000,"step":"fan","detail":[1,2,3]}',24);
INSERT INTO "journal" VALUES('asked',5,'{"":"BodyStarted","v":1,"at":1800000000000,"scope":"fan[0]"}',25);
INSERT INTO "journal" VALUES('asked',6,'{"":"BodyStarted","v":1,"at":1800000000000,"scope":"fan[1]"}',26);
INSERT INTO "journal" VALUES('asked',7,'{"":"BodyStarted","v":1,"at":1800000000000,"scope":"fan[2]"}',27);
INSERT INTO "journal" VALUES('asked',8,'{"":"StepStarted","v":1,"at":1800000000000,"step":"pause","wake":1800007200000}',28);
INSERT INTO "journal" VALUES('asked',9,'{"":"StepStarted","v":1,"at":1800000000000,"step":"fan[0]/one","arguments":{"n":1}}',29);
INSERT INTO "journal" VALUES('asked',10,'{"":"StepStarted","v":1,"at":1800000000000,"step":"fan[1]/one","arguments":{"n":2}}',30);
INSERT INTO "journal" VALUES('asked',11,'{"":"StepStarted","v":1,"at":1800000000000,"step":"fan[2]/one","arguments":{"n":3}}',31);
INSERT INTO "journal" VALUES('asked',12,'{"":"StepEnded","v":1,"at":1800000000000,"step":"fan[0]/one","output":{"n":2}}',32);
INSERT INTO "journal" VALUES('asked',13,'{"":"BodyEnded","v":1,"at":1800000000000,"scope":"fan[0]","status":"ok","output":{"n":2}}',33);
INSERT INTO "journal" VALUES('asked',14,'{"":"StepEnded","v":1,"at":1800000000000,"step":"fan[1]/one","output":{"n":3}}',34);
INSERT INTO "journal" VALUES('asked',15,'{"":"BodyEnded","v":1,"at":1800000000000,"scope":"fan[1]","status":"ok","output":{"n":3}}',35);
INSERT INTO "journal" VALUES('asked',16,'{"":"StepEnded","v":1,"at":1800000000000,"step":"fan[2]/one","output":{"n":4}}',36);
INSERT INTO "journal" VALUES('asked',17,'{"":"BodyEnded","v":1,"at":1800000000000,"scope":"fan[2]","status":"ok","output":{"n":4}}',37);
INSERT INTO "journal" VALUES('asked',18,'{"":"StepEnded","v":1,"at":1800000000000,"step":"fan","gathered":true}',38);
INSERT INTO "journal" VALUES('asked',19,'{"":"StepEnded","v":1,"at":1800007200000,"step":"pause"}',39);
INSERT INTO "journal" VALUES('asked',20,'{"":"StepStarted","v":1,"at":1800007200000,"step":"ask","wake":1800266400000}',40);
INSERT INTO "journal" VALUES('begun',1,'{"":"RunStarted","v":1,"at":1800000000000,"run_id":"begun","version":"ab40c38d12a92b05b48e9ec2bd182e489e26b4227ce4285a21760d7d75a43bac","input":{},"requester":"jo"}',1);
INSERT INTO "journal" VALUES('begun',2,'{"":"StepStarted","v":1,"at":1800000000000,"step":"a","arguments":{"n":1}}',2);
INSERT INTO "journal" VALUES('done',1,'{"":"RunStarted","v":1,"at":1800014400000,"run_id":"done","version":"ab40c38d12a92b05b48e9ec2bd182e489e26b4227ce4285a21760d7d75a43bac","input":{},"requester":"jo"}',64);
INSERT INTO "journal" VALUES('done',2,'{"":"StepStarted","v":1,"at":1800014400000,"step":"a","arguments":{"n":1}}',65);
INSERT INTO "journal" VALUES('done',3,'{"":"StepEnded","v":1,"at":1800014400000,"step":"a","output":{"n":2}}',66);
INSERT INTO "journal" VALUES('done',4,'{"":"StepStarted","v":1,"at":1800014400000,"step":"fan","detail":[1,2,3]}',67);
INSERT INTO "journal" VALUES('done',5,'{"":"BodyStarted","v":1,"at":1800014400000,"scope":"fan[0]"}',68);
INSERT INTO "journal" VALUES('done',6,'{"":"BodyStarted","v":1,"at":1800014400000,"scope":"fan[1]"}',69);
INSERT INTO "journal" VALUES('done',7,'{"":"BodyStarted","v":1,"at":1800014400000,"scope":"fan[2]"}',70);
INSERT INTO "journal" VALUES('done',8,'{"":"StepStarted","v":1,"at":1800014400000,"step":"pause","wake":1800021600000}',71);
INSERT INTO "journal" VALUES('done',9,'{"":"StepStarted","v":1,"at":1800014400000,"step":"fan[0]/one","arguments":{"n":1}}',72);
INSERT INTO "journal" VALUES('done',10,'{"":"StepStarted","v":1,"at":1800014400000,"step":"fan[1]/one","arguments":{"n":2}}',73);
INSERT INTO "journal" VALUES('done',11,'{"":"StepStarted","v":1,"at":1800014400000,"step":"fan[2]/one","arguments":{"n":3}}',74);
INSERT INTO "journal" VALUES('done',12,'{"":"StepEnded","v":1,"at":1800014400000,"step":"fan[0]/one","output":{"n":2}}',75);
INSERT INTO "journal" VALUES('done',13,'{"":"BodyEnded","v":1,"at":1800014400000,"scope":"fan[0]","status":"ok","output":{"n":2}}',76);
INSERT INTO "journal" VALUES('done',14,'{"":"StepEnded","v":1,"at":1800014400000,"step":"fan[1]/one","output":{"n":3}}',77);
INSERT INTO "journal" VALUES('done',15,'{"":"BodyEnded","v":1,"at":1800014400000,"scope":"fan[1]","status":"ok","output":{"n":3}}',78);
INSERT INTO "journal" VALUES('done',16,'{"":"StepEnded","v":1,"at":1800014400000,"step":"fan[2]/one","output":{"n":4}}',79);
INSERT INTO "journal" VALUES('done',17,'{"":"BodyEnded","v":1,"at":1800014400000,"scope":"fan[2]","status":"ok","output":{"n":4}}',80);
INSERT INTO "journal" VALUES('done',18,'{"":"StepEnded","v":1,"at":1800014400000,"step":"fan","gathered":true}',81);
INSERT INTO "journal" VALUES('done',19,'{"":"StepEnded","v":1,"at":1800021600000,"step":"pause"}',86);
INSERT INTO "journal" VALUES('done',20,'{"":"StepStarted","v":1,"at":1800021600000,"step":"ask","wake":1800280800000}',87);
INSERT INTO "journal" VALUES('done',21,'{"":"ApprovalRecorded","v":1,"at":1800021600000,"step":"ask","by":"ann","approved":true}',88);
INSERT INTO "journal" VALUES('done',22,'{"":"StepEnded","v":1,"at":1800021600000,"step":"ask","outcome":"approved","output":{}}',89);
INSERT INTO "journal" VALUES('done',23,'{"":"StepStarted","v":1,"at":1800021600000,"step":"told","wake":1800453600000}',90);
INSERT INTO "journal" VALUES('listening',1,'{"":"RunStarted","v":1,"at":1800007200000,"run_id":"listening","version":"ab40c38d12a92b05b48e9ec2bd182e489e26b4227ce4285a21760d7d75a43bac","input":{},"requester":"jo"}',41);
INSERT INTO "journal" VALUES('listening',2,'{"":"StepStarted","v":1,"at":1800007200000,"step":"a","arguments":{"n":1}}',42);
INSERT INTO "journal" VALUES('listening',3,'{"":"StepEnded","v":1,"at":1800007200000,"step":"a","output":{"n":2}}',43);
INSERT INTO "journal" VALUES('listening',4,'{"":"StepStarted","v":1,"at":1800007200000,"step":"fan","detail":[1,2,3]}',44);
INSERT INTO "journal" VALUES('listening',5,'{"":"BodyStarted","v":1,"at":1800007200000,"scope":"fan[0]"}',45);
INSERT INTO "journal" VALUES('listening',6,'{"":"BodyStarted","v":1,"at":1800007200000,"scope":"fan[1]"}',46);
INSERT INTO "journal" VALUES('listening',7,'{"":"BodyStarted","v":1,"at":1800007200000,"scope":"fan[2]"}',47);
INSERT INTO "journal" VALUES('listening',8,'{"":"StepStarted","v":1,"at":1800007200000,"step":"pause","wake":1800014400000}',48);
INSERT INTO "journal" VALUES('listening',9,'{"":"StepStarted","v":1,"at":1800007200000,"step":"fan[0]/one","arguments":{"n":1}}',49);
INSERT INTO "journal" VALUES('listening',10,'{"":"StepStarted","v":1,"at":1800007200000,"step":"fan[1]/one","arguments":{"n":2}}',50);
INSERT INTO "journal" VALUES('listening',11,'{"":"StepStarted","v":1,"at":1800007200000,"step":"fan[2]/one","arguments":{"n":3}}',51);
INSERT INTO "journal" VALUES('listening',12,'{"":"StepEnded","v":1,"at":1800007200000,"step":"fan[0]/one","output":{"n":2}}',52);
INSERT INTO "journal" VALUES('listening',13,'{"":"BodyEnded","v":1,"at":1800007200000,"scope":"fan[0]","status":"ok","output":{"n":2}}',53);
INSERT INTO "journal" VALUES('listening',14,'{"":"StepEnded","v":1,"at":1800007200000,"step":"fan[1]/one","output":{"n":3}}',54);
INSERT INTO "journal" VALUES('listening',15,'{"":"BodyEnded","v":1,"at":1800007200000,"scope":"fan[1]","status":"ok","output":{"n":3}}',55);
INSERT INTO "journal" VALUES('listening',16,'{"":"StepEnded","v":1,"at":1800007200000,"step":"fan[2]/one","output":{"n":4}}',56);
INSERT INTO "journal" VALUES('listening',17,'{"":"BodyEnded","v":1,"at":1800007200000,"scope":"fan[2]","status":"ok","output":{"n":4}}',57);
INSERT INTO "journal" VALUES('listening',18,'{"":"StepEnded","v":1,"at":1800007200000,"step":"fan","gathered":true}',58);
INSERT INTO "journal" VALUES('listening',19,'{"":"StepEnded","v":1,"at":1800014400000,"step":"pause"}',59);
INSERT INTO "journal" VALUES('listening',20,'{"":"StepStarted","v":1,"at":1800014400000,"step":"ask","wake":1800273600000}',60);
INSERT INTO "journal" VALUES('listening',21,'{"":"ApprovalRecorded","v":1,"at":1800014400000,"step":"ask","by":"ann","approved":true}',61);
INSERT INTO "journal" VALUES('listening',22,'{"":"StepEnded","v":1,"at":1800014400000,"step":"ask","outcome":"approved","output":{}}',62);
INSERT INTO "journal" VALUES('listening',23,'{"":"StepStarted","v":1,"at":1800014400000,"step":"told","wake":1800446400000}',63);
INSERT INTO "journal" VALUES('listening',24,'{"":"EventTaken","v":1,"at":1800021600000,"step":"told","event":"e1"}',82);
INSERT INTO "journal" VALUES('listening',25,'{"":"StepEnded","v":1,"at":1800021600000,"step":"told","outcome":"failed","error":{"type":"unhandled_outcome","message":"nothing names the outcome `received`","step":"told"}}',83);
INSERT INTO "journal" VALUES('listening',26,'{"":"ScopeStopping","v":1,"at":1800021600000,"scope":"","cause":"failed","error":{"type":"unhandled_outcome","message":"nothing names the outcome `received`","step":"told"}}',84);
INSERT INTO "journal" VALUES('listening',27,'{"":"RunEnded","v":1,"at":1800021600000,"status":"failed","error":{"type":"unhandled_outcome","message":"nothing names the outcome `received`","step":"told"}}',85);
INSERT INTO "journal" VALUES('paused',1,'{"":"RunStarted","v":1,"at":1800000000000,"run_id":"paused","version":"ab40c38d12a92b05b48e9ec2bd182e489e26b4227ce4285a21760d7d75a43bac","input":{},"requester":"jo"}',3);
INSERT INTO "journal" VALUES('paused',2,'{"":"StepStarted","v":1,"at":1800000000000,"step":"a","arguments":{"n":1}}',4);
INSERT INTO "journal" VALUES('paused',3,'{"":"StepEnded","v":1,"at":1800000000000,"step":"a","output":{"n":2}}',5);
INSERT INTO "journal" VALUES('paused',4,'{"":"StepStarted","v":1,"at":1800000000000,"step":"fan","detail":[1,2,3]}',6);
INSERT INTO "journal" VALUES('paused',5,'{"":"BodyStarted","v":1,"at":1800000000000,"scope":"fan[0]"}',7);
INSERT INTO "journal" VALUES('paused',6,'{"":"BodyStarted","v":1,"at":1800000000000,"scope":"fan[1]"}',8);
INSERT INTO "journal" VALUES('paused',7,'{"":"BodyStarted","v":1,"at":1800000000000,"scope":"fan[2]"}',9);
INSERT INTO "journal" VALUES('paused',8,'{"":"StepStarted","v":1,"at":1800000000000,"step":"pause","wake":1800007200000}',10);
INSERT INTO "journal" VALUES('paused',9,'{"":"StepStarted","v":1,"at":1800000000000,"step":"fan[0]/one","arguments":{"n":1}}',11);
INSERT INTO "journal" VALUES('paused',10,'{"":"StepStarted","v":1,"at":1800000000000,"step":"fan[1]/one","arguments":{"n":2}}',12);
INSERT INTO "journal" VALUES('paused',11,'{"":"StepStarted","v":1,"at":1800000000000,"step":"fan[2]/one","arguments":{"n":3}}',13);
INSERT INTO "journal" VALUES('paused',12,'{"":"StepEnded","v":1,"at":1800000000000,"step":"fan[0]/one","output":{"n":2}}',14);
INSERT INTO "journal" VALUES('paused',13,'{"":"BodyEnded","v":1,"at":1800000000000,"scope":"fan[0]","status":"ok","output":{"n":2}}',15);
INSERT INTO "journal" VALUES('paused',14,'{"":"StepEnded","v":1,"at":1800000000000,"step":"fan[1]/one","output":{"n":3}}',16);
INSERT INTO "journal" VALUES('paused',15,'{"":"BodyEnded","v":1,"at":1800000000000,"scope":"fan[1]","status":"ok","output":{"n":3}}',17);
INSERT INTO "journal" VALUES('paused',16,'{"":"StepEnded","v":1,"at":1800000000000,"step":"fan[2]/one","output":{"n":4}}',18);
INSERT INTO "journal" VALUES('paused',17,'{"":"BodyEnded","v":1,"at":1800000000000,"scope":"fan[2]","status":"ok","output":{"n":4}}',19);
INSERT INTO "journal" VALUES('paused',18,'{"":"StepEnded","v":1,"at":1800000000000,"step":"fan","gathered":true}',20);
CREATE TABLE last_pruned (position INTEGER NOT NULL);
INSERT INTO "last_pruned" VALUES(0);
CREATE TABLE leases (
    run_id TEXT PRIMARY KEY, owner TEXT NOT NULL, until INTEGER NOT NULL,
    fence INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
INSERT INTO "leases" VALUES('asked','x:1:2:3',1800021601000,3);
INSERT INTO "leases" VALUES('done','',0,3);
INSERT INTO "leases" VALUES('listening','',0,4);
INSERT INTO "leases" VALUES('paused','',0,1);
CREATE TABLE pruned (run_id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE queue_starts (key TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE runs (
    run_id TEXT NOT NULL UNIQUE, workflow TEXT NOT NULL, version TEXT NOT NULL,
    status TEXT NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER, due INTEGER,
    parent_run TEXT NOT NULL, parent TEXT NOT NULL, listens TEXT NOT NULL,
    breaches INTEGER NOT NULL DEFAULT 0, priority INTEGER NOT NULL DEFAULT 0,
    carried INTEGER NOT NULL DEFAULT 0
);
INSERT INTO "runs" VALUES('begun','test','ab40c38d12a92b05b48e9ec2bd182e489e26b4227ce4285a21760d7d75a43bac','running',1800000000000,NULL,1800000000000,'','','[]',0,0,0);
INSERT INTO "runs" VALUES('paused','test','ab40c38d12a92b05b48e9ec2bd182e489e26b4227ce4285a21760d7d75a43bac','waiting',1800000000000,NULL,1800007200000,'','','[]',0,0,0);
INSERT INTO "runs" VALUES('asked','test','ab40c38d12a92b05b48e9ec2bd182e489e26b4227ce4285a21760d7d75a43bac','waiting',1800000000000,NULL,1800266400000,'','','[]',0,0,0);
INSERT INTO "runs" VALUES('listening','test','ab40c38d12a92b05b48e9ec2bd182e489e26b4227ce4285a21760d7d75a43bac','failed',1800007200000,1800021600000,NULL,'','','[]',0,0,0);
INSERT INTO "runs" VALUES('done','test','ab40c38d12a92b05b48e9ec2bd182e489e26b4227ce4285a21760d7d75a43bac','waiting',1800014400000,NULL,1800021600000,'','','["sms.received"]',0,0,0);
CREATE TABLE starts (key TEXT PRIMARY KEY, run_id TEXT NOT NULL, at INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE TABLE triggers (
    key TEXT PRIMARY KEY, workflow TEXT NOT NULL, event TEXT NOT NULL, seen INTEGER NOT NULL,
    changes INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE versions (version TEXT PRIMARY KEY, workflow TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "versions" VALUES('ab40c38d12a92b05b48e9ec2bd182e489e26b4227ce4285a21760d7d75a43bac','{"auterity":1,"name":"test","steps":{"a":{"uses":"add","with":{"n":1}},"pause":{"needs":"a","wait":"2h"},"ask":{"needs":"pause","approve":{"role":"manager","timeout":"3d"}},"told":{"needs":"ask.approved","receive":{"event":"sms.received","match":"event.n == a.n","timeout":"5d"}},"fan":{"needs":"a","for_each":{"in":"[1, 2, 3]","steps":{"one":{"uses":"add","with":{"n":"${item}"}}},"output":{"n":"${one.n}"}}}},"ends":{"done":["told","fan"],"late":{"any":["ask.timeout","told.timeout"]},"no":"ask.rejected"},"output":{"n":"${a.n}"}}');
CREATE TRIGGER journal_keeps_its_past BEFORE UPDATE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_forgets_what_is_pruned BEFORE DELETE ON journal
    WHEN NOT EXISTS (SELECT 1 FROM pruned WHERE run_id = OLD.run_id)
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE INDEX runs_carried ON runs (due) WHERE carried;
CREATE INDEX runs_by_status ON runs (status, due);
CREATE INDEX runs_by_start ON runs (started_at);
CREATE INDEX runs_by_caller ON runs (parent_run);
CREATE INDEX inbox_by_end ON inbox (taken_by, until) WHERE until IS NOT NULL;
CREATE INDEX inbox_by_type ON inbox (type) WHERE taken_by IS NULL;
CREATE INDEX leases_held ON leases (owner) WHERE owner <> '';
CREATE INDEX claims_by_key ON claims (key, ticket);
CREATE INDEX claims_by_turn ON claims (key, taken DESC, rank, ticket);
CREATE INDEX claims_waiting ON claims (key, rank, ticket) WHERE taken = 0;
CREATE UNIQUE INDEX claims_by_run ON claims (run_id, step, queue);
CREATE INDEX queue_starts_by_key ON queue_starts (key, at);
CREATE INDEX cached_results_by_end ON cached_results (until);
CREATE INDEX cached_results_by_run ON cached_results (run_id);
CREATE INDEX awaits_by_run ON awaits (run_id);
CREATE INDEX triggers_by_event ON triggers (event) WHERE event <> '';
CREATE UNIQUE INDEX firings_by_occurrence ON firings (occurrence, key);
CREATE INDEX firings_open ON firings (key, at) WHERE at IS NOT NULL;
CREATE INDEX firings_held ON firings (key, bunch) WHERE state = 'held';
CREATE INDEX firings_granted ON firings (key, pool, granted) WHERE granted IS NOT NULL;
CREATE INDEX firings_settled ON firings (came) WHERE at IS NULL;
CREATE INDEX attempts_unclaimed ON attempts (queue, sent) WHERE owner = '';
CREATE INDEX attempts_claimed ON attempts (owner, until) WHERE owner <> '';
CREATE INDEX journal_by_position ON journal (position);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('firings',0);
COMMIT;
