-- Made by Rampart for db3: change the site file instead. Why: each service has a database and an account of its own.
CREATE DATABASE IF NOT EXISTS rampart CHARACTER SET utf8mb4;
CREATE TABLE IF NOT EXISTS rampart.setting (name VARCHAR(64) PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS rampart.account (
  user VARCHAR(128), host VARCHAR(255), wanted BOOL NOT NULL, PRIMARY KEY (user, host)
);
CREATE TABLE IF NOT EXISTS rampart.canary (at DATETIME(6) PRIMARY KEY, host VARCHAR(64) NOT NULL);
UPDATE rampart.account SET wanted = 0;
CREATE DATABASE IF NOT EXISTS `shop` CHARACTER SET utf8mb4;

CREATE USER IF NOT EXISTS 'prometheus'@'localhost' IDENTIFIED VIA unix_socket WITH MAX_USER_CONNECTIONS 3;
ALTER USER 'prometheus'@'localhost' IDENTIFIED VIA unix_socket WITH MAX_USER_CONNECTIONS 3;
GRANT PROCESS, BINLOG MONITOR, SLAVE MONITOR ON *.* TO 'prometheus'@'localhost';
REPLACE INTO rampart.account VALUES ('prometheus', 'localhost', 1);

CREATE USER IF NOT EXISTS 'rampart-canary'@'localhost' IDENTIFIED VIA unix_socket WITH MAX_USER_CONNECTIONS 3;
ALTER USER 'rampart-canary'@'localhost' IDENTIFIED VIA unix_socket WITH MAX_USER_CONNECTIONS 3;
GRANT SELECT, INSERT, DELETE ON rampart.canary TO 'rampart-canary'@'localhost';
REPLACE INTO rampart.account VALUES ('rampart-canary', 'localhost', 1);

EXECUTE IMMEDIATE CONCAT('CREATE USER IF NOT EXISTS ''replica.db1''@''10.77.3.1'' IDENTIFIED BY PASSWORD ', QUOTE(PASSWORD('{{secret:database.replication}}')), ' REQUIRE SUBJECT ''/CN=db1.shop.internal''');
EXECUTE IMMEDIATE CONCAT('ALTER USER ''replica.db1''@''10.77.3.1'' IDENTIFIED BY PASSWORD ', QUOTE(PASSWORD('{{secret:database.replication}}')), ' REQUIRE SUBJECT ''/CN=db1.shop.internal''');
GRANT REPLICATION SLAVE ON *.* TO 'replica.db1'@'10.77.3.1';
REPLACE INTO rampart.account VALUES ('replica.db1', '10.77.3.1', 1);

EXECUTE IMMEDIATE CONCAT('CREATE USER IF NOT EXISTS ''replica.db2''@''10.77.3.2'' IDENTIFIED BY PASSWORD ', QUOTE(PASSWORD('{{secret:database.replication}}')), ' REQUIRE SUBJECT ''/CN=db2.shop.internal''');
EXECUTE IMMEDIATE CONCAT('ALTER USER ''replica.db2''@''10.77.3.2'' IDENTIFIED BY PASSWORD ', QUOTE(PASSWORD('{{secret:database.replication}}')), ' REQUIRE SUBJECT ''/CN=db2.shop.internal''');
GRANT REPLICATION SLAVE ON *.* TO 'replica.db2'@'10.77.3.2';
REPLACE INTO rampart.account VALUES ('replica.db2', '10.77.3.2', 1);

EXECUTE IMMEDIATE CONCAT('CREATE USER IF NOT EXISTS ''replica.db3''@''10.77.3.3'' IDENTIFIED BY PASSWORD ', QUOTE(PASSWORD('{{secret:database.replication}}')), ' REQUIRE SUBJECT ''/CN=db3.shop.internal''');
EXECUTE IMMEDIATE CONCAT('ALTER USER ''replica.db3''@''10.77.3.3'' IDENTIFIED BY PASSWORD ', QUOTE(PASSWORD('{{secret:database.replication}}')), ' REQUIRE SUBJECT ''/CN=db3.shop.internal''');
GRANT REPLICATION SLAVE ON *.* TO 'replica.db3'@'10.77.3.3';
REPLACE INTO rampart.account VALUES ('replica.db3', '10.77.3.3', 1);

EXECUTE IMMEDIATE CONCAT('CREATE USER IF NOT EXISTS ''shop''@''10.77.0.0/255.255.0.0'' IDENTIFIED BY PASSWORD ', QUOTE(PASSWORD('{{secret:shop.database}}')), ' REQUIRE SUBJECT ''/CN=shop''');
EXECUTE IMMEDIATE CONCAT('ALTER USER ''shop''@''10.77.0.0/255.255.0.0'' IDENTIFIED BY PASSWORD ', QUOTE(PASSWORD('{{secret:shop.database}}')), ' REQUIRE SUBJECT ''/CN=shop''');
REVOKE ALL PRIVILEGES ON *.* FROM 'shop'@'10.77.0.0/255.255.0.0';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, DROP, REFERENCES, CREATE TEMPORARY TABLES, LOCK TABLES ON `shop`.* TO 'shop'@'10.77.0.0/255.255.0.0';
REVOKE CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, EXECUTE, EVENT, TRIGGER, DELETE HISTORY, GRANT OPTION ON `shop`.* FROM 'shop'@'10.77.0.0/255.255.0.0';
REPLACE INTO rampart.account VALUES ('shop', '10.77.0.0/255.255.0.0', 1);
