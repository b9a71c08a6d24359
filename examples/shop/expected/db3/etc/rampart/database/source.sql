-- Made by Rampart for db3: change the site file instead. Why: this member replicates from db1.
CHANGE MASTER TO
  master_host = 'db1.shop.internal',
  master_port = 3306,
  master_user = 'replica.db3',
  master_password = '{{secret:database.replication}}',
  master_use_gtid = slave_pos,
  master_connect_retry = 1,
  master_ssl = 1,
  master_ssl_verify_server_cert = 1,
  master_ssl_ca = '/etc/rampart/ca.crt',
  master_ssl_cert = '/etc/mysql/tls/server.crt',
  master_ssl_key = '/etc/mysql/tls/server.key';
