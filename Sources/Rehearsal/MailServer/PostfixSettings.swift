// The settings of a private Postfix 3.7: two doors, one mailbox server, no outside.

struct PostfixSettings {
    let folder: String
    let submissionPort: UInt16
    let mxPort: UInt16
    let dovecot: PrivateDovecot.Ports
    let identity: TLSIdentity
    /// A header name nobody can guess: the doors mark a mail with it, and cleanup turns it into the real header after it
    /// has taken away what the sender wrote. (Both come to cleanup as headers; only the name tells them apart.)
    let mark: String

    var files: [(name: String, text: String)] {
        [
            ("main.cf", main), ("master.cf", master),
            ("domains", "/\\.example$/ yes\n"),
            // user+detail@domain may be used by user@domain
            ("logins", "/^([^+@]+)(\\+[^@]*)?@(.+)$/ ${1}@${3}\n"),
            (
                "recipients",
                "/^blocked(\\+[^@]*)?@/ 550 5.7.1 blocked for the test\n/^busy(\\+[^@]*)?@/ 450 4.2.1 mailbox busy\n"
            ),
            ("senders-submission", verdict("pass")), ("senders-mx", verdict("fail")),
            ("headers", headers),
        ]
    }

    private func verdict(_ result: String) -> String {
        """
        /^<>$/ PREPEND \(mark): spf=none smtp.helo=mx
        /^(.+)$/ PREPEND \(mark): spf=\(result) smtp.mailfrom=${1}

        """
    }

    private var headers: String {
        let authority = MailVerdict.authority
        return """
            /^\(mark):[[:space:]]*(.*)$/ REPLACE Authentication-Results: \(authority); ${1}
            /^Authentication-Results[[:space:]]*:.*\(authority.replacing(".", with: "\\."))/ IGNORE

            """
    }

    private var main: String {
        // No name service: nothing here needs one, and a machine without it must not wait. No rewriting: a mail reaches
        // the mailbox as the customer wrote it. No delays for errors: tests make them on purpose.
        """
        compatibility_level = 3.6
        config_directory = \(folder)/etc
        queue_directory = \(folder)/queue
        data_directory = \(folder)/data
        mail_owner = postfix
        setgid_group = postdrop
        syslog_name = postfix-rehearsal
        maillog_file = \(folder)/log/postfix.log
        maillog_file_prefixes = \(folder)
        myhostname = \(MailVerdict.authority)
        myorigin = \(MailVerdict.authority)
        mydestination =
        mynetworks =
        relay_domains =
        alias_maps =
        alias_database =
        local_recipient_maps =
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        disable_dns_lookups = yes
        smtpd_peername_lookup = no
        biff = no
        notify_classes =
        recipient_delimiter = +
        virtual_mailbox_domains = regexp:\(folder)/etc/domains
        virtual_transport = lmtp:inet:127.0.0.1:\(dovecot.lmtp)
        default_transport = error:outside mail is disabled
        relay_transport = error:outside mail is disabled
        message_size_limit = 104857600
        mailbox_size_limit = 0
        virtual_mailbox_limit = 0
        smtputf8_enable = yes
        local_header_rewrite_clients =
        header_checks = regexp:\(folder)/etc/headers
        mime_header_checks =
        nested_header_checks =
        smtpd_tls_cert_file = \(identity.certificate)
        smtpd_tls_key_file = \(identity.key)
        smtpd_tls_security_level = may
        smtpd_sasl_type = dovecot
        smtpd_sasl_path = inet:127.0.0.1:\(dovecot.sasl)
        smtpd_sender_login_maps = regexp:\(folder)/etc/logins
        smtpd_recipient_restrictions = reject_non_fqdn_recipient, check_recipient_access regexp:\(folder)/etc/recipients
        smtpd_error_sleep_time = 0
        smtpd_soft_error_limit = 1000
        smtpd_hard_error_limit = 1000
        smtpd_client_connection_rate_limit = 0
        smtpd_client_connection_count_limit = 0
        in_flow_delay = 0
        queue_run_delay = 5s
        minimal_backoff_time = 5s
        maximal_backoff_time = 30s

        """
    }

    private var master: String {
        """
        127.0.0.1:\(submissionPort) inet n - n - - smtpd
          -o smtpd_sasl_auth_enable=yes
          -o { smtpd_relay_restrictions = permit_sasl_authenticated, reject }
          -o { smtpd_sender_restrictions = reject_sender_login_mismatch }
          -o { smtpd_data_restrictions = check_sender_access regexp:\(folder)/etc/senders-submission }
        127.0.0.1:\(mxPort) inet n - n - - smtpd
          -o { smtpd_relay_restrictions = reject_unauth_destination }
          -o { smtpd_data_restrictions = check_sender_access regexp:\(folder)/etc/senders-mx }
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        tlsmgr unix - - n 1000? 1 tlsmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        verify unix - - n - 1 verify
        flush unix n - n 1000? 0 flush
        proxymap unix - - n - - proxymap
        error unix - - n - - error
        retry unix - - n - - error
        discard unix - - n - - discard
        lmtp unix - - n - - lmtp
        anvil unix - - n - 1 anvil
        scache unix - - n - 1 scache
        showq unix n - n - - showq
        postlog unix-dgram n - n - 1 postlogd

        """
    }
}
