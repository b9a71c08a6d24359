// Made by Rampart for db1: change the site file instead. Why: it tells how the member stands, and starts MariaDB.
{{program:database-member}}
