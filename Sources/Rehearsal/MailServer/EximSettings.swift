// The settings of a private Exim 4.96: the same two doors, the same mailbox server, no outside.

struct EximSettings {
    let exim: String
    let folder: String
    let account: ServiceAccount
    let submissionPort: UInt16
    let mxPort: UInt16
    let lmtpPort: UInt16
    /// Dovecot's file of users, `address:{PLAIN}password:…` a line.
    let users: String
    let identity: TLSIdentity

    var text: String { main + access + delivery + authentication }

    private var main: String {
        // By default the eleventh mail of one connection would wait for the next queue run, and the thousandth be the last.
        """
        exim_path = \(exim)
        keep_environment =
        spool_directory = \(folder)/spool
        log_file_path = \(folder)/spool/%slog
        pid_file_path = \(folder)/spool/exim.pid
        exim_user = \(account.name)
        exim_group = \(account.group)
        never_users =
        deliver_drop_privilege = true
        primary_hostname = \(MailVerdict.authority)
        domainlist local_domains = *.example
        local_interfaces = 127.0.0.1
        daemon_smtp_ports = \(submissionPort) : \(mxPort)
        disable_ipv6 = true
        rfc1413_query_timeout = 0s
        tls_certificate = \(identity.certificate)
        tls_privatekey = \(identity.key)
        tls_advertise_hosts = *
        auth_advertise_hosts = ${if eq{$received_port}{\(submissionPort)}{*}{}}
        acl_smtp_mail = sender
        acl_smtp_rcpt = recipient
        acl_smtp_data = mark
        message_size_limit = 100M
        smtp_accept_max = 200
        smtp_accept_queue_per_connection = 0
        smtp_accept_max_per_connection = 0

        """
    }

    private var access: String {
        // Header lines that an ACL adds are not touched by those it removes.
        """
        begin acl
        sender:
          accept condition = ${if eq{$received_port}{\(mxPort)}}
          deny message = sign in first
               !authenticated = *
          deny message = the sender is not who signed in
               condition = ${if eqi{${sg{$sender_address}{\\N\\+[^@]*@\\N}{@}}}{$authenticated_id}{no}{yes}}
          accept
        recipient:
          deny message = 550 5.7.1 blocked for the test
               recipients = ^blocked(\\\\+[^@]*)?@
          defer message = 450 4.2.1 mailbox busy
               recipients = ^busy(\\\\+[^@]*)?@
          accept domains = +local_domains
          deny message = 5.7.1 outside mail is disabled
        mark:
          warn remove_header = Authentication-Results
          warn condition = ${if eq{$sender_address}{}}
               add_header = :at_start:Authentication-Results: \(MailVerdict.authority); spf=none smtp.helo=mx
          warn condition = ${if and{{!eq{$sender_address}{}}{eq{$received_port}{\(submissionPort)}}}}
               add_header = :at_start:Authentication-Results: \(MailVerdict.authority); spf=pass smtp.mailfrom=$sender_address
          warn condition = ${if and{{!eq{$sender_address}{}}{eq{$received_port}{\(mxPort)}}}}
               add_header = :at_start:Authentication-Results: \(MailVerdict.authority); spf=fail smtp.mailfrom=$sender_address
          accept

        """
    }

    private var delivery: String {
        """
        begin routers
        mailboxes:
          driver = manualroute
          domains = +local_domains
          transport = lmtp
          route_list = * 127.0.0.1
          self = send
        begin transports
        lmtp:
          driver = smtp
          protocol = lmtp
          port = \(lmtpPort)
          hosts_try_fastopen =
        begin retry
        * * F,1h,5s

        """
    }

    private var authentication: String {
        """
        begin authenticators
        plain:
          driver = plaintext
          public_name = PLAIN
          server_prompts = :
          server_set_id = $auth2
          server_condition = \(known("$auth2", "$auth3"))
        login:
          driver = plaintext
          public_name = LOGIN
          server_prompts = Username:: : Password::
          server_set_id = $auth1
          server_condition = \(known("$auth1", "$auth2"))

        """
    }

    private func known(_ name: String, _ password: String) -> String {
        let stored = "${extract{1}{:}{${lookup{${lc:\(name)}}lsearch{\(users)}{$value}{}}}}"
        return "${if and{{!eq{\(password)}{}}{eq{\(stored)}{\\N{PLAIN}\\N\(password)}}}}"
    }
}
